//! What a statement posts, in which month: a line in the month to which it belongs, a difference in the open
//! one.

use rusqlite::Row;

use super::periods::Months;
use super::problems::Outcome;
use super::{Book, Month, StatedLine};
use crate::restatement::Restatement;

/// What a posting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PostingType {
    /// A line, in the month to which it belongs.
    Stated,
    /// A difference that belongs to the month in which it posts, or to a later one.
    Restatement,
    /// What belongs to an earlier month.
    PriorPeriod,
}

impl PostingType {
    /// The words of the book.
    pub fn words(self) -> &'static str {
        match self {
            PostingType::Stated => "stated",
            PostingType::Restatement => "restatement",
            PostingType::PriorPeriod => "prior-period adjustment",
        }
    }
}

/// An amount that a statement posts in a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// The id of the line.
    pub id: String,
    /// Who pays.
    pub payer: String,
    /// Who is paid.
    pub payee: String,
    /// What it is.
    pub posting_type: PostingType,
    /// In which month.
    pub month: String,
    /// From payer to payee.
    pub amount: String,
}

/// A posting and the statement that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedLine {
    /// The statement.
    pub statement: i64,
    /// What was posted.
    pub posting: Posting,
}

impl PostedLine {
    fn read(row: &Row<'_>) -> rusqlite::Result<PostedLine> {
        let words: String = row.get(4)?;
        let types = [PostingType::Stated, PostingType::Restatement];
        let posting_type = types.into_iter().find(|known| known.words() == words);
        Ok(PostedLine {
            statement: row.get(0)?,
            posting: Posting {
                id: row.get(1)?,
                payer: row.get(2)?,
                payee: row.get(3)?,
                posting_type: posting_type.unwrap_or(PostingType::PriorPeriod),
                month: row.get(5)?,
                amount: row.get(6)?,
            },
        })
    }
}

impl Book {
    /// What was posted, by statement; of one month where it is named.
    ///
    /// # Errors
    /// When the book cannot be read.
    pub fn postings(&self, month: Option<&Month>) -> Outcome<Vec<PostedLine>> {
        let sql = "SELECT statement, id, payer, payee, type, month, amount FROM posting \
                   WHERE ?1 IS NULL OR month = ?1 ORDER BY row";
        self.all(sql, [month.map(Month::as_str)], PostedLine::read)
    }
}

/// Postings of a first statement: each payable line in its month, or where that is closed in the open one.
pub(super) fn stated(lines: &[StatedLine], months: &Months) -> Outcome<Vec<Posting>> {
    let payable = lines.iter().filter(|line| line.payable && !is_nothing(&line.amount));
    let posting = payable.map(|line| {
        let (month, moved) = months.home(&Month::of_date(&line.month))?;
        Ok(Posting {
            id: line.id.clone(),
            payer: line.payer.clone(),
            payee: line.payee.clone(),
            posting_type: if moved { PostingType::PriorPeriod } else { PostingType::Stated },
            month: month.to_string(),
            amount: line.amount.clone(),
        })
    });
    posting.collect()
}

/// Postings of a restatement: each difference in the open month, or in its own where that is later; a line
/// that was not stated before as in a first statement.
pub(super) fn restated(restatement: &Restatement, places: usize, months: &Months) -> Outcome<Vec<Posting>> {
    let payable = restatement.lines.iter().filter(|line| line.payable && !line.difference.is_zero());
    let posting = payable.map(|line| {
        let own = Month::of_date(&line.month);
        let month = match &line.earlier {
            None => months.home(&own)?.0,
            Some(_) => {
                let open = months.open()?;
                if own > *open { months.home(&own)?.0 } else { open.clone() }
            }
        };
        let posting_type = match &line.earlier {
            _ if own < month => PostingType::PriorPeriod,
            Some(_) => PostingType::Restatement,
            None => PostingType::Stated,
        };
        Ok(Posting {
            id: line.id.clone(),
            payer: line.payer.clone(),
            payee: line.payee.clone(),
            posting_type,
            month: month.to_string(),
            amount: line.difference.plain(places),
        })
    });
    posting.collect()
}

/// `0.00`
fn is_nothing(amount: &str) -> bool {
    amount.chars().all(|c| matches!(c, '0' | '.' | '-'))
}
