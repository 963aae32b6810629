//! `carepact book`: what was agreed, observed, stated, paid and decided, kept for good.

use crate::answer::Answer;
use crate::book;
use crate::book::arguments::BookArguments;

/// Does what is asked of a book.
pub fn run(arguments: &BookArguments) -> Answer {
    book::run(arguments)
}
