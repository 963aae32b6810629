//! What follows the help of each command: examples that run from the root of the repository.

/// Exit statuses.
pub const EXIT: &str = "\
EXIT STATUS
  0  fine (there may be warnings)
  1  problems in a contract, an observation file or what was asked for; each is printed
  2  a mistake in the command itself";

/// What follows the help of `carepact`.
pub const EXAMPLES: &str = "\
EXAMPLES
  carepact check contracts/harbourside/prime-provider.json
  carepact evaluate contracts/harbourside/prime-provider.json \\
      --observations fixtures/harbourside/2026-27.csv
  carepact explain contracts/harbourside/prime-provider.json outcomes:2026/27:C01 \\
      --observations fixtures/harbourside/2026-27.csv
  carepact new prime-provider --output my-contract.json

`carepact COMMAND --help` explains a command, with examples.";

/// Examples of `check`.
pub const EXAMPLES_CHECK: &str = "\
EXAMPLES
  carepact check contracts/harbourside/prime-provider.json
  carepact check contracts/*/*.json
  carepact check my-contract.json --format json";

/// Examples of `evaluate`.
pub const EXAMPLES_EVALUATE: &str = "\
EXAMPLES
  The statement of every contract year that has data:
    carepact evaluate contracts/harbourside/prime-provider.json \\
        --observations fixtures/harbourside/2026-27.csv
  Every line of one quarter, with its number and id:
    carepact evaluate contracts/harbourside/prime-provider.json \\
        --observations fixtures/harbourside/2026-27.csv --period 2026/27Q1 --lines
  For a spreadsheet:
    carepact evaluate contracts/harbourside/prime-provider.json \\
        --observations fixtures/harbourside/2026-27.csv --format csv > statement.csv
  A workbook in which every amount is a formula:
    carepact evaluate contracts/harbourside/prime-provider.json \\
        --observations fixtures/harbourside/2026-27.csv --format xlsx --output 2026-27.xlsx
  One row for each of many holders, with a clause and a quantity as columns:
    carepact evaluate contracts/examples/hospital-scores.json \\
        --observations fixtures/examples/hospital-scores.csv --table incentive,total_score
  What the next year takes from this one, as observations:
    carepact evaluate my-contract.json --observations 2026-27.csv \\
        --carry-forward from-2026-27.csv

OBSERVATION FILES
  One row for each figure: measure, period, a column for each list it is by (segment,
  indicator, ...), value or numerator and denominator, and submission (flex or freeze).
  CSV with comma, semicolon or tab, or a workbook.";

/// Examples of `luck`.
pub const EXAMPLES_LUCK: &str = "\
EXAMPLES
  The rates of the observations are the baseline:
    carepact luck contracts/harbourside/prime-provider.json \\
        --observations fixtures/harbourside/2026-27.csv
  The denominators of the observations, the rates of a table:
    carepact luck contracts/harbourside/prime-provider.json \\
        --observations fixtures/harbourside/2026-27.csv \\
        --rates fixtures/harbourside/baseline-rates.csv
  Of many holders each in turn, a row for each:
    carepact luck practices.json --observations practices.csv --format csv";

/// Examples of `solve`.
pub const EXAMPLES_SOLVE: &str = "\
EXAMPLES
  The floor at which luck pays in less than 5 % of years:
    carepact solve contracts/harbourside/prime-provider.json \\
        --observations fixtures/harbourside/2026-27.csv --rates fixtures/harbourside/baseline-rates.csv \\
        --parameter tables.schedule.rows.C07.floor --until 'P(payment(C07) | no change) < 5%' \\
        --between 40% 49%
  The share held back at which the prime falls short of its cost in at most 5 % of years:
    carepact solve contracts/harbourside/prime-provider.json \\
        --observations fixtures/harbourside/2026-27.csv \\
        --scenarios fixtures/harbourside/prime-provider.scenarios.json \\
        --parameter tables.withheld_share.values.2026/27 \\
        --until 'P(loss(emh, 2026/27) > 2% of income) <= 5%'";

/// Examples of `reconcile`.
pub const EXAMPLES_RECONCILE: &str = "\
EXAMPLES
  A ledger with the headings date, payer, payee, reference, amount, period:
    carepact reconcile contracts/harbourside/prime-provider.json \\
        --observations fixtures/harbourside/2026-27.csv --period 2026/27Q1 \\
        --payments fixtures/harbourside/payments-2026-27Q1.csv --at 2026-07-31
  A ledger of one organisation with headings of its own:
    carepact reconcile my-contract.json --observations data.csv --payments ledger.xlsx \\
        --constant payer=icb --column 'payee=Supplier name' --column 'date=GL date'
  What changed since payments were made on the plan:
    carepact reconcile my-contract.json --observations freeze.csv \\
        --expected-observations plan.csv --payments ledger.csv
  Statements, payments and states of lines of a book, paid on an earlier statement:
    carepact reconcile --book harbourside.book --expected-statement 2 --at 2027-08-31";

/// Examples of `restate`.
pub const EXAMPLES_RESTATE: &str = "\
EXAMPLES
  From the first submission of the data to the last:
    carepact restate contracts/harbourside/prime-provider.json \\
        --observations fixtures/harbourside/2026-27.csv --previous-as-of flex
  From the data before a correction of the list:
    carepact restate contracts/harbourside/prime-provider.json \\
        --observations fixtures/harbourside/2026-27-list-growth.csv \\
        --previous fixtures/harbourside/2026-27.csv --format csv
  From the contract before a variation:
    carepact restate varied.json --previous-contract signed.json --observations data.csv";

/// Examples of `explain`.
pub const EXAMPLES_EXPLAIN: &str = "\
EXAMPLES
  carepact explain contracts/harbourside/prime-provider.json outcomes:2026/27:C01 \\
      --observations fixtures/harbourside/2026-27.csv
  carepact explain contracts/harbourside/prime-provider.json \\
      --observations fixtures/harbourside/2026-27.csv core:2026-04:complex
  A figure of one of many holders:
    carepact explain contracts/examples/hospital-scores.json total_score:2025/26:H02 \\
        --observations fixtures/examples/hospital-scores.csv

`carepact evaluate ... --lines` lists the ids and numbers. The number of a line depends on
--period; its id does not.";

/// Examples of `verify`.
pub const EXAMPLES_VERIFY: &str = "\
EXAMPLES
  carepact verify contracts/published
  carepact verify contracts/published --format json
  carepact verify my-contract.cases.json --only case-1 --explain";

/// Examples of `simulate`.
pub const EXAMPLES_SIMULATE: &str = "\
EXAMPLES
  carepact simulate contracts/harbourside/prime-provider.json \\
      --observations fixtures/harbourside/2026-27.csv \\
      --scenarios fixtures/harbourside/prime-provider.scenarios.json --count 10000 --seed 1
  One scenario as an observation file, to be stated and explained:
    carepact simulate ... --only 4812 --output 4812.csv
  On two computers, and put together:
    carepact simulate ... --count 500000 --save a.json
    carepact simulate ... --from 500000 --count 500000 --save b.json
    carepact simulate --merge a.json b.json

`carepact schema --of scenarios` describes scenario files.";

/// Examples of `compare`.
pub const EXAMPLES_COMPARE: &str = "\
EXAMPLES
  carepact compare contracts/harbourside/prime-provider.json contracts/harbourside/alliance.json \\
      --observations fixtures/harbourside/2026-27.csv \\
      --scenarios fixtures/harbourside/prime-provider.scenarios.json --count 10000 --seed 1
  Every draw and difference, for a spreadsheet or a data frame:
    carepact compare A B ... --raw differences.parquet
  On two computers, and put together:
    carepact compare A B ... --count 500000 --save a.json
    carepact compare A B ... --from 500000 --count 500000 --save b.json
    carepact compare --merge a.json b.json";

/// Examples of `audit`.
pub const EXAMPLES_AUDIT: &str = "\
EXAMPLES
  carepact audit contracts/harbourside/prime-provider.json
  carepact audit contracts/harbourside/prime-provider.json \\
      --baseline fixtures/harbourside/2026-27.csv
  carepact audit my-contract.json --baseline last-year.csv --format json
  carepact audit my-contract.json --baseline last-year.csv --format html > audit.html

  One of many holders, beside the others:
  carepact audit contracts/examples/shared-savings.json \
      --baseline fixtures/examples/shared-savings.csv --holder A1002";

/// Examples of `sweep`.
pub const EXAMPLES_SWEEP: &str = "\
EXAMPLES
  carepact sweep contracts/harbourside/prime-provider.json \\
      --baseline fixtures/harbourside/2026-27.csv --measure outcome:C01
  carepact sweep contracts/harbourside/prime-provider.json \\
      --baseline fixtures/harbourside/2026-27.csv --measure emergency_cost --format csv
  carepact sweep my-contract.json --baseline last-year.csv --measure outcome:C01 --chart C01.svg";

/// Examples of `diff`.
pub const EXAMPLES_DIFF: &str = "\
EXAMPLES
  carepact diff signed.json proposed.json
  carepact diff signed.json proposed.json --baseline last-year.csv
  carepact diff signed.json proposed.json --baseline last-year.csv --format json
  carepact diff signed.json proposed.json --baseline last-year.csv --format html > diff.html";

/// Examples of `describe`.
pub const EXAMPLES_DESCRIBE: &str = "\
EXAMPLES
  carepact describe contracts/harbourside/prime-provider.json
  carepact describe my-contract.json > my-contract.txt";

/// Examples of `plan`.
pub const EXAMPLES_PLAN: &str = "\
EXAMPLES
  carepact plan contracts/harbourside/prime-provider.json";

/// Examples of `new`.
pub const EXAMPLES_NEW: &str = "\
EXAMPLES
  carepact new prime-provider --output my-contract.json
  carepact new year-of-care > my-contract.json

An existing file is never overwritten.";

/// Examples of `diagnostics`.
pub const EXAMPLES_DIAGNOSTICS: &str = "\
EXAMPLES
  carepact diagnostics
  carepact diagnostics table-sum";

/// Examples of `schema`.
pub const EXAMPLES_SCHEMA: &str = "\
EXAMPLES
  carepact schema > carepact.schema.json
  carepact schema --of cases > carepact.cases.schema.json
  carepact schema --of scenarios > carepact.scenarios.schema.json";

/// Examples of `completions`.
pub const EXAMPLES_COMPLETIONS: &str = "\
EXAMPLES
  carepact completions bash > ~/.local/share/bash-completion/completions/carepact
  carepact completions powershell >> $PROFILE";

/// Examples of `book`.
pub const EXAMPLES_BOOK: &str = "\
EXAMPLES
  carepact book new harbourside.book --by 'A. Preparer'
  carepact book add contract harbourside.book contracts/harbourside/prime-provider.json --by 'A. Preparer'
  carepact book add observations harbourside.book fixtures/harbourside/2026-27.csv \\
      --submission freeze --by 'A. Preparer'
  carepact book state harbourside.book --period 2026/27 --as-of flex --by 'A. Preparer'
  carepact book approve harbourside.book 1 --by 'B. Approver'
  carepact book open harbourside.book 2027-05 --by 'A. Preparer'
  carepact book restate harbourside.book --by 'A. Preparer'
  carepact book contest harbourside.book outcomes:2026/27:C03:sba --reason 'Denominator' --by 'C. Trust'
  carepact book print harbourside.book 1
  carepact book verify harbourside.book

Who makes an entry is --by or the environment variable CAREPACT_BY. Names are recorded, not checked.";
/// Examples of `import`.
pub const EXAMPLES_IMPORT: &str = "\
EXAMPLES
  The fields of a file checked, and its prices held against the invoice:
    carepact import acm fixtures/files/acm.csv --control-total 1000.00
  Observations of the contract's measures, as a mapping says:
    carepact import acm fixtures/files/acm.csv --mapping fixtures/files/acm.mapping.json
    carepact import list-sizes lists.csv --mapping lists.mapping.json --output observations.csv";

/// Examples of `export`.
pub const EXAMPLES_EXPORT: &str = "\
EXAMPLES
  carepact export acm contracts/harbourside/prime-provider.json \\
      --observations fixtures/harbourside/2026-27.csv --rules fixtures/files/acm.export.json
  With what was planned beside it, and the plan alone as its variant of the layout:
    carepact export acm contracts/harbourside/prime-provider.json --rules fixtures/files/acm.export.json \\
        --observations fixtures/harbourside/2026-27-list-growth.csv --plan fixtures/harbourside/2026-27.csv
    carepact export plan contracts/harbourside/prime-provider.json --rules fixtures/files/acm.export.json \\
        --observations fixtures/harbourside/2026-27.csv
  carepact export parquet contracts/harbourside/prime-provider.json \\
      --observations fixtures/harbourside/2026-27.csv --output statement.parquet";

/// Examples of `journal`.
pub const EXAMPLES_JOURNAL: &str = "\
EXAMPLES
  carepact journal contracts/harbourside/prime-provider.json \\
      --observations fixtures/harbourside/2026-27.csv --party emh --codes fixtures/files/codes.csv \\
      --month 2026-04
  What is earned by a day and not yet invoiced, reversed in the next month:
    carepact journal ... --accrual --at 2026-06-30 --reverse --output accruals.xlsx
  What changed since the statement of earlier data:
    carepact journal ... --previous flex.csv";

/// Examples of `balances`.
pub const EXAMPLES_BALANCES: &str = "\
EXAMPLES
  carepact balances contracts/harbourside/prime-provider.json \\
      --observations fixtures/harbourside/2026-27.csv --at 2026-12-31";

/// Examples of `print`.
pub const EXAMPLES_PRINT: &str = "\
EXAMPLES
  carepact print contracts/harbourside/prime-provider.json \\
      --observations fixtures/harbourside/2026-27.csv --party emh --output emh.html";
