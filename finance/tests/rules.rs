//! The rules of a book: who approves, which month takes what, what is taken in once, who waits.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod common;

use std::time::Duration;

use carepact_finance::book::{Book, LineState, Moment, Month, MonthState, PostingType, Said, Stamp, WAIT};
use common::{begin, payments, people, restated, stamp, state};
use rusqlite::Connection;

fn month(text: &str) -> Month {
    Month::parse(text).unwrap()
}

/// The name of the problem.
fn code<T: std::fmt::Debug>(outcome: Result<T, carepact::Problems>) -> &'static str {
    outcome.unwrap_err().0[0].code.name
}

#[test]
fn who_prepared_does_not_approve() {
    let (_, mut book) = begin("approval.book");
    state(&mut book, &people(&[]), "2026-04", None, &stamp("A. Preparer", "2026-05-01")).unwrap();
    for same in ["A. Preparer", "a.  preparer ", "A. PREPARER"] {
        assert_eq!(code(book.approve(1, &stamp(same, "2026-05-02"))), "book-approval", "{same}");
    }
    assert_eq!(code(book.approve(2, &stamp("B. Approver", "2026-05-02"))), "book-unknown");
    book.approve(1, &stamp("B. Approver", "2026-05-02")).unwrap();
    assert_eq!(code(book.approve(1, &stamp("C. Third", "2026-05-03"))), "book-approval");
    let record = book.statement(Some(1)).unwrap();
    assert_eq!(record.prepared_by, "A. Preparer");
    assert_eq!(record.approved.unwrap().by, "B. Approver");
}

#[test]
fn a_month_is_open_then_closed_then_locked_for_good() {
    let (_, mut book) = begin("months.book");
    let by = stamp("A. Preparer", "2026-05-01");
    let april = month("2026-04");
    assert_eq!(code(book.set_month(&april, MonthState::Locked, "", &by)), "book-period");
    book.set_month(&april, MonthState::Open, "", &by).unwrap();
    assert_eq!(code(book.set_month(&april, MonthState::Locked, "", &by)), "book-period");
    state(&mut book, &people(&[]), "2026-04", None, &by).unwrap();
    book.set_month(&april, MonthState::SoftClosed, "", &by).unwrap();
    assert_eq!(code(book.set_month(&april, MonthState::Open, "", &by)), "book-period");
    book.set_month(&april, MonthState::Open, "an invoice was late", &by).unwrap();
    book.set_month(&april, MonthState::SoftClosed, "", &by).unwrap();
    // What posts in it is not approved.
    assert_eq!(code(book.set_month(&april, MonthState::Locked, "", &by)), "book-period");
    book.approve(1, &stamp("B. Approver", "2026-05-01")).unwrap();
    book.set_month(&april, MonthState::Locked, "", &by).unwrap();
    for to in [MonthState::Open, MonthState::SoftClosed, MonthState::Locked] {
        assert_eq!(code(book.set_month(&april, to, "why not", &by)), "book-period");
    }
}

#[test]
fn what_belongs_to_a_locked_month_posts_in_the_open_one() {
    let (_, mut book) = begin("prior.book");
    let by = stamp("A. Preparer", "2026-06-01");
    for to in [MonthState::Open, MonthState::SoftClosed, MonthState::Locked] {
        book.set_month(&month("2026-04"), to, "", &by).unwrap();
    }
    // No month is open that could take April.
    let first = people(&[]);
    assert_eq!(code(state(&mut book, &first, "2026-04", None, &by)), "book-period");
    book.set_month(&month("2026-06"), MonthState::Open, "", &by).unwrap();
    state(&mut book, &first, "2026/27Q1", None, &by).unwrap();
    let posted = |book: &Book, statement: i64| -> Vec<(String, String, PostingType)> {
        let all = book.postings(None).unwrap().into_iter().filter(|posted| posted.statement == statement);
        let each = all.map(|posted| posted.posting);
        each.filter(|posting| posting.id.starts_with("one"))
            .map(|posting| (posting.month, posting.amount, posting.posting_type))
            .collect()
    };
    // 100 people at 10.00 in April (locked), May and June.
    let due = [
        ("2026-06", "1000.00", PostingType::PriorPeriod),
        ("2026-05", "1000.00", PostingType::Stated),
        ("2026-06", "1000.00", PostingType::Stated),
    ];
    let due = due.map(|(month, amount, kind)| (month.to_string(), amount.to_string(), kind));
    assert_eq!(posted(&book, 1), due);
    // April +3, June -1: both post in June, April as an adjustment of an earlier month.
    let second = people(&[("2026-04", "103"), ("2026-06", "99")]);
    let difference = restated(&first, &second, "2026/27Q1");
    state(&mut book, &second, "2026/27Q1", Some((&[1], &difference)), &by).unwrap();
    let due =
        [("2026-06", "30.00", PostingType::PriorPeriod), ("2026-06", "-10.00", PostingType::Restatement)];
    let due = due.map(|(month, amount, kind)| (month.to_string(), amount.to_string(), kind));
    assert_eq!(posted(&book, 2), due);
    // The old one stands, and is printed as it was.
    let record = book.statement(Some(1)).unwrap();
    assert_eq!(book.content(&record.text).unwrap(), b"Statement 1 with 6 postings\n");
    assert_eq!(record.restated_by, Some(2));
    assert_eq!(code(state(&mut book, &second, "2026/27Q1", Some((&[1], &difference)), &by)), "book-doubled");
    assert_eq!(code(state(&mut book, &second, "2026-05", None, &by)), "book-doubled");
    assert_eq!(book.verify(None).unwrap(), []);
}

#[test]
fn payments_count_once_and_a_locked_month_takes_none() {
    let (_, mut book) = begin("payments.book");
    let by = stamp("A. Preparer", "2026-06-01");
    let paid = payments(&["one", "two"]);
    book.add_payments(("paid.csv", b"first"), &paid, None, &by).unwrap();
    assert_eq!(code(book.add_payments(("again.csv", b"first"), &paid, None, &by)), "book-doubled");
    // The same payments in another file are doubled as well.
    assert_eq!(code(book.add_payments(("other.csv", b"other"), &paid, None, &by)), "book-doubled");
    let paid = payments(&["three", "four"]);
    for to in [MonthState::Open, MonthState::SoftClosed] {
        book.set_month(&month("2026-04"), to, "", &by).unwrap();
    }
    assert_eq!(code(book.add_payments(("late.csv", b"second"), &paid, None, &by)), "book-period");
    for open in ["2026-06", "2026-07"] {
        book.set_month(&month(open), MonthState::Open, "", &by).unwrap();
    }
    // Two are open: which one takes it must be said.
    assert_eq!(code(book.add_payments(("late.csv", b"second"), &paid, None, &by)), "book-period");
    book.add_payments(("late.csv", b"second"), &paid, Some(&month("2026-07")), &by).unwrap();
    let months: Vec<String> = book.payments().unwrap().into_iter().map(|payment| payment.month).collect();
    assert_eq!(months, ["2026-04", "2026-04", "2026-07", "2026-07"]);
}

#[test]
fn a_line_is_contested_in_part_and_the_rest_is_payable() {
    let (_, mut book) = begin("lines.book");
    let by = stamp("A. Preparer", "2026-05-01");
    state(&mut book, &people(&[]), "2026-04", None, &by).unwrap();
    let (statement, line) = book.find_line(None, "one:2026-04").unwrap();
    let said = |state, amount, reason| Said { state, amount, reason, answer_by: None };
    let contested = LineState::Contested;
    for wrong in
        [said(contested, None, " "), said(contested, Some("1000.01"), "x"), said(contested, Some("-1"), "x")]
    {
        assert_eq!(code(book.say((statement, &line), wrong, &by)), "book-line-state");
    }
    book.say((statement, &line), said(contested, Some("250.5"), "25 people are not ours"), &by).unwrap();
    let stand = book.stands().unwrap().remove(&line.name()).unwrap();
    // 1,000.00 less 250.50.
    assert_eq!(stand.payable(&line.amount).unwrap().plain(2), "749.50");
    book.say((statement, &line), said(LineState::Settled, None, "half each"), &by).unwrap();
    assert_eq!(code(book.say((statement, &line), said(contested, None, "again"), &by)), "book-line-state");
    assert_eq!(code(book.find_line(Some(1), "three:2026-04").map(|_| ())), "book-unknown");
}

#[test]
fn the_log_goes_forward() {
    let (_, mut book) = begin("time.book");
    let earlier = stamp("A. Preparer", "2026-03-31");
    assert_eq!(code(book.set_month(&month("2026-04"), MonthState::Open, "", &earlier)), "book-time");
    // A clock that is behind the log does not set it back.
    let far = stamp("A. Preparer", "2126-01-01");
    book.set_month(&month("2026-04"), MonthState::Open, "", &far).unwrap();
    let by_the_clock = Stamp::new("A. Preparer", None).unwrap();
    let entry = book.set_month(&month("2026-05"), MonthState::Open, "", &by_the_clock).unwrap();
    assert_eq!(Moment::parse(&entry.at).unwrap(), Moment::parse("2126-01-01").unwrap());
}

#[test]
fn one_writes_and_the_other_waits_or_is_told() {
    let (file, _) = begin("busy.book");
    let holder = Connection::open(&file).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let mut impatient = Book::open(&file, Duration::from_millis(50)).unwrap();
    let by = stamp("A. Preparer", "2026-05-01");
    assert_eq!(code(impatient.set_month(&month("2026-04"), MonthState::Open, "", &by)), "book-busy");
    let patient = {
        let file = file.clone();
        std::thread::spawn(move || {
            let by = stamp("B. Other", "2026-05-01");
            Book::open(&file, WAIT).unwrap().set_month(&month("2026-04"), MonthState::Open, "", &by)
        })
    };
    std::thread::sleep(Duration::from_millis(100));
    holder.execute_batch("ROLLBACK").unwrap();
    assert_eq!(patient.join().unwrap().unwrap().by, "B. Other");
}

#[test]
fn two_who_write_at_once_lose_nothing() {
    const EACH: usize = 15;
    let (file, book) = begin("two.book");
    let before = book.log().unwrap().len();
    let writers = ["one", "two"].map(|name| {
        let file = file.clone();
        std::thread::spawn(move || {
            let mut book = Book::open(&file, Duration::from_secs(60)).unwrap();
            for number in 0..EACH {
                let bytes = format!("{name} {number}");
                let by = stamp(name, "2026-05-01");
                book.add_payments((&bytes, bytes.as_bytes()), &payments(&[&bytes]), None, &by).unwrap();
            }
        })
    });
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    assert_eq!(book.log().unwrap().len(), before + 2 * EACH);
    assert_eq!(book.payments().unwrap().len(), 2 * EACH);
    assert_eq!(book.verify(None).unwrap(), []);
}
