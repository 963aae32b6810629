//! Patient identifiers: columns that carry them, and numbers that are NHS numbers by their check digit.
//!
//! The engine works on counts and totals. What is found here is refused by place alone, so that nothing of
//! it is kept or shown.

/// Parts of column names, without spaces and case, that only files about people have.
const OF_PEOPLE: [&str; 8] = [
    "nhsnumber",
    "birthdate",
    "dateofbirth",
    "localpatientidentifier",
    "patientidentifier",
    "patientname",
    "withheldidentityreason",
    "personfamilyname",
];

/// Whole column names of the same kind.
const EXACTLY: [&str; 5] = ["nhsno", "dob", "patientid", "surname", "forename"];

/// Whose postcode is no patient's.
const OF_ORGANISATIONS: [&str; 5] = ["practice", "organisation", "provider", "surgery", "site"];

/// Columns of the published list sizes, whose postcode is that of the practice.
const OF_LIST_SIZES: [&str; 4] = ["extractdate", "type", "code", "numberofpatients"];

/// The first column whose name is that of a patient identifier.
///
/// A postcode is one, but for the postcode of an organisation that is named as such, and for that of the
/// practice in the published layout of list sizes.
pub fn column<S: AsRef<str>>(headings: &[S]) -> Option<usize> {
    let words: Vec<String> = headings.iter().map(|heading| letters(heading.as_ref())).collect();
    let list_sizes = OF_LIST_SIZES.iter().all(|needed| words.iter().any(|word| word == needed));
    words.iter().position(|word| {
        let postcode = word.contains("postcode")
            && !(list_sizes && word == "postcode")
            && !OF_ORGANISATIONS.iter().any(|whose| word.contains(whose));
        postcode || OF_PEOPLE.iter().any(|part| word.contains(part)) || EXACTLY.contains(&word.as_str())
    })
}

/// A heading in lower case, letters and digits only.
pub fn letters(heading: &str) -> String {
    heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Digits of an NHS number.
const DIGITS: usize = 10;

/// True when an NHS number stands in a cell: ten digits in one run, or as 3, 3 and 4 with spaces or hyphens
/// between, whose last is the check digit of the others. Digits of a decimal number do not count, unless
/// all that follows the point is one nought, which spreadsheets leave behind.
pub fn number_in(cell: &str) -> bool {
    begins_in(cell, &|characters, start| in_one_run(characters, start) || in_groups(characters, start))
}

/// True when an NHS number stands in a cell as 3, 3 and 4 digits.
pub fn grouped_number_in(cell: &str) -> bool {
    begins_in(cell, &in_groups)
}

/// True when a cell has ten digits in one run, whatever the last is.
pub fn has_ten_digits(cell: &str) -> bool {
    begins_in(cell, &|characters, start| {
        characters[start..].iter().take_while(|c| c.is_ascii_digit()).count() == DIGITS
    })
}

/// True when what is looked for begins at some digit of a cell.
fn begins_in(cell: &str, is_there: &dyn Fn(&[char], usize) -> bool) -> bool {
    // Most cells are short or words, and a file has millions of them.
    if cell.len() < DIGITS || cell.bytes().filter(u8::is_ascii_digit).count() < DIGITS {
        return false;
    }
    let characters: Vec<char> = cell.chars().filter(|c| !super::cells::is_invisible(*c)).collect();
    let digit = |at: usize| characters.get(at).and_then(|c| c.to_digit(10));
    (0..characters.len()).any(|start| {
        let begins = digit(start).is_some() && (start == 0 || digit(start - 1).is_none());
        let fraction = start > 1 && characters[start - 1] == '.' && digit(start - 2).is_some();
        begins && !fraction && is_there(&characters, start)
    })
}

fn in_one_run(characters: &[char], start: usize) -> bool {
    let rest = &characters[start..];
    let run: Vec<u32> = rest.iter().map_while(|c| c.to_digit(10)).collect();
    let decimals = |after: &[char]| after.iter().take_while(|c| c.is_ascii_digit()).count();
    let whole = match rest.get(run.len()) {
        Some('.') => {
            let after = &rest[run.len() + 1..];
            decimals(after) == 0 || (decimals(after) == 1 && after[0] == '0')
        }
        Some(_) | None => true,
    };
    run.len() == DIGITS && whole && checks(&run)
}

/// `943 476 5919`
fn in_groups(characters: &[char], start: usize) -> bool {
    let separator = |c: char| c.is_whitespace() || c == '-';
    let mut number = Vec::new();
    let mut at = start;
    for (group, size) in [3, 3, 4].into_iter().enumerate() {
        if group > 0 {
            if !characters.get(at).copied().is_some_and(separator) {
                return false;
            }
            at += 1;
        }
        let run: Vec<u32> = characters[at..].iter().map_while(|c| c.to_digit(10)).collect();
        if run.len() != size {
            return false;
        }
        at += size;
        number.extend(run);
    }
    checks(&number)
}

/// The check of the Data Dictionary: the first nine digits times 10 to 2; eleven less the remainder by 11
/// is the tenth, where 11 stands for 0 and 10 is no number.
fn checks(digits: &[u32]) -> bool {
    let weighted = digits[..DIGITS - 1].iter().zip((2..=10).rev());
    let sum: u32 = weighted.map(|(digit, weight)| digit * weight).sum();
    let check = (11 - sum % 11) % 11;
    check == digits[DIGITS - 1] && digits.iter().any(|digit| *digit != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_by_their_check_digit() {
        // The example of the Data Dictionary: 943 476 591 gives 299, remainder 2, so 9.
        for found in ["9434765919", "943 476 5919", "943-476-5919", "no 9434765919!", "9434765919.0"] {
            assert!(number_in(found), "{found}");
        }
        assert!(number_in("943\u{a0}476\u{a0}5919") && number_in("94347\u{200b}65919"));
        for other in
            ["9434765918", "94347659190", "0.9434765919", "9434765919.00", "0000000000", "2026-04-01"]
        {
            assert!(!number_in(other), "{other}");
        }
    }

    #[test]
    fn a_tenth_digit_that_would_be_ten_is_no_number() {
        // 1×10 = 10, remainder 10, check digit 1: 1000000001 is one; 0000000060: 6×2 = 12, remainder 1, so
        // the check would be 10.
        assert!(number_in("1000000001"));
        assert!((0..10).all(|last| !number_in(&format!("000000006{last}"))));
    }

    #[test]
    fn the_check_is_that_of_the_whole_number() {
        // Said the other way round: with the check digit times 1 the weighted digits are a multiple of 11.
        let mut found = 0;
        for step in 1..20_000_u64 {
            let number = format!("{:010}", step * 7_654_321 % 10_000_000_000);
            let digits = number.bytes().map(|byte| u64::from(byte - b'0'));
            let sum: u64 = digits.zip((1..=10).rev()).map(|(digit, weight)| digit * weight).sum();
            assert_eq!(number_in(&number), sum.is_multiple_of(11), "{number}");
            found += u32::from(sum.is_multiple_of(11));
        }
        // One in eleven, as the guide says.
        assert!((1_700..1_950).contains(&found), "{found}");
    }

    #[test]
    fn columns_are_found_by_name() {
        for heading in ["NHS NUMBER", "nhs_number", "PERSON BIRTH DATE", "Postcode of usual address", "DOB"] {
            assert_eq!(column(&["period", heading]), Some(1), "{heading}");
        }
        assert_eq!(column(&["LOCAL PATIENT IDENTIFIER (EXTENDED)"]), Some(0));
        assert_eq!(column(&["measure", "births", "practice_postcode", "value"]), None);
    }

    #[test]
    fn the_postcode_of_a_published_list_size_is_that_of_the_practice() {
        let published = ["PUBLICATION", "EXTRACT_DATE", "TYPE", "CODE", "POSTCODE", "SEX", "AGE"];
        assert_eq!(column(&published), Some(4));
        let published = [&published[..], &["NUMBER_OF_PATIENTS"]].concat();
        assert_eq!(column(&published), None);
        let home = [&published[..], &["POSTCODE OF USUAL ADDRESS"]].concat();
        assert_eq!(column(&home), Some(8));
    }
}
