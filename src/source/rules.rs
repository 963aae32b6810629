//! The catalogue of rules that a design is held against: each with how grave it is, why practice has
//! it, where that is from, and what to do.
//!
//! A rule never stops the work: a contract that breaks one can be evaluated. `docs/reference/warnings.md`
//! is generated from here, and `tests/lint.rs` has a smallest pair of contracts for each, one that trips
//! it and one that does not.

/// How grave a warning on a design is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Concern {
    /// Contracts have failed by it, or money is paid for nothing.
    Serious,
    /// A careful reader would ask why.
    Caution,
}

impl Concern {
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Concern::Serious => "serious",
            Concern::Caution => "caution",
        }
    }
}

/// What the findings of a rule rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rests {
    /// On the contract alone: they are the same beside any data.
    Contract,
    /// On the data beside which the contract is looked at.
    Data,
}

/// One rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// The name by which it is shown and silenced.
    pub name: &'static str,
    /// How grave it is to break it.
    pub concern: Concern,
    /// What its findings rest on.
    pub rests: Rests,
    /// The rule, in one sentence.
    pub rule: &'static str,
    /// Why practice has it.
    pub reason: &'static str,
    /// Where that is from.
    pub source: &'static str,
    /// What to do.
    pub remedy: &'static str,
}

macro_rules! rules {
    ($($constant:ident $name:literal $concern:ident $rests:ident { rule $rule:literal reason $reason:literal
        source $source:literal remedy $remedy:literal })*) => {
        $(
            #[doc = $rule]
            pub static $constant: Rule = Rule {
                name: $name, concern: Concern::$concern, rests: Rests::$rests,
                rule: $rule, reason: $reason, source: $source, remedy: $remedy,
            };
        )*
        /// All rules, in the order of this file.
        pub static ALL: &[&Rule] = &[$(&$constant),*];
    };
}

rules! {
    // What a party can lose
    UNCAPPED_PENALTY "uncapped-penalty" Serious Contract {
        rule "what a party can lose by a count or an amount stops somewhere"
        reason "a charge without an end falls on whoever is smallest, and is then not paid; penalties in use are \
                capped at a share of the contract"
        source "the NHS Standard Contract, whose general sanctions are capped (shipped as a published scheme)"
        remedy "cap the clause, min(…, GBP …), or add a clause of kind `limit`"
    }
    CAP_LOOSER_THAN_INCOME "cap-looser-than-income" Serious Data {
        rule "what outcomes can cost a party leaves it something of its income from the contract"
        reason "a cap that a party cannot bear protects nobody: the first year of UnitingCare fell some £30m short, \
                no parent guaranteed the loss, and the contract ended after eight months"
        source "National Audit Office and Public Accounts Committee on UnitingCare, 2016"
        remedy "set the cap as a share of the party's own income, as in 2.5% * net(party, its sub-contract)"
    }
    RISK_KEPT_BY_PRIME "risk-kept-by-prime" Serious Data {
        rule "a prime passes on at least half of the rate at which it is held to account itself"
        reason "the terms of sub-contracts are how a prime holds others to account; with fixed fees below it, it alone \
                carries risk for care that others give"
        source "King's Fund on prime contracts: high financial and relational risk on the prime; half is a judgement"
        remedy "share what is earned and lost with the sub-contractors, by `to` with shares or a flow-down"
    }
    IRRECOVERABLE_TAX "irrecoverable-tax" Serious Contract {
        rule "nobody who cannot recover tax buys services from others"
        reason "care sold between public bodies carries no tax to bear, but a partnership in between could not recover \
                the tax on its sub-contracts"
        source "National Audit Office and Public Accounts Committee on UnitingCare, 2016"
        remedy "let the holder be a body that recovers it, or price the tax"
    }
    COHORT_TOO_SMALL "cohort-too-small" Serious Data {
        rule "a payment per person covers at least 100,000 people"
        reason "below that chance alone moves the cost of a population by more than what can be managed: the standard \
                error is 1.6 % of the cost at 100,000 people and 7 % at 5,000, with a coefficient of variation of 5"
        source "Jones 2009 on the risk of capitation; standard errors by arithmetic"
        remedy "pool with neighbours, share gains and losses within a corridor, or pay for care instead of people"
    }
    // What is paid for
    PAID_FOR_STANDING_STILL "paid-for-standing-still" Serious Data {
        rule "at its baseline an outcome earns nothing"
        reason "where the floor lies below what is already reached, money is paid although nothing changed, and it is not \
                there for those that would have changed something"
        source "the literature on deadweight in outcome payments; the place of the line is a judgement"
        remedy "raise the floor to the baseline or above, or say why keeping the level is worth the money"
    }
    PRICE_BELOW_COST "price-below-cost" Serious Contract {
        rule "a price is not below what the service was costed at"
        reason "UnitingCare was won 3.5 % below the greatest price, on cost data that were not clear, before any saving \
                was made"
        source "National Audit Office and Public Accounts Committee on UnitingCare, 2016"
        remedy "start at the costed price and take savings once they are seen, or show where the difference comes from"
    }
    SAVINGS_FRONT_LOADED "savings-front-loaded" Serious Contract {
        rule "savings taken in advance do not fall mostly in the first third of the term"
        reason "new services save late, if at all: a fixed saving in the first years is a cut in price by another name"
        source "National Audit Office on UnitingCare, 2016: its case rested on early savings"
        remedy "let savings follow results (a gain share), or spread them towards the end"
    }
    OVERLAP "overlap" Caution Data {
        rule "one event is paid or fined under one outcome"
        reason "one patient who waits in A&E can be counted by three indicators; what one event is worth is then three \
                times what anybody agreed"
        source "double counting in outcome contracts (design judgement)"
        remedy "keep one of the outcomes, or lower their weights until the pounds for one event are what is meant"
    }
    DILUTED_INDICATOR "diluted-indicator" Caution Data {
        rule "an outcome is worth at least 0.25 % of the income of a party that is held to it"
        reason "what is worth less than its own reporting is reported and not acted on; few, larger incentives work better \
                than many small ones"
        source "systematic review of payment models, 2019; 0.25 % is a judgement"
        remedy "drop it, join it with others, or raise its weight"
    }
    MUTED_CLAUSE "muted-clause" Caution Data {
        rule "what one clause pays for doing better, no other clause takes back in full"
        reason "a cap, a floor or a guarantee can make another clause idle over a range that nobody wrote down"
        source "design judgement"
        remedy "let the limit give back a part only, leave the other clause out of it, or say that it is meant"
    }
    UNASSIGNED_AREA "unassigned-area" Caution Contract {
        rule "each of the ten areas of integrated care has money on it, where a contract names areas at all"
        reason "an area that nobody is paid for is where integration stops"
        source "King's Fund, ten areas for the integration of mental and physical health"
        remedy "add an outcome for the area, or say that another contract has it"
    }
    // Whether it can be worked
    DUE_BEFORE_DATA "due-before-data" Serious Contract {
        rule "money falls due after the data that it rests on are known"
        reason "what is settled on data that do not exist is an estimate that must be paid back"
        source "the calendar of national data sets; `lag_months` of each measure"
        remedy "settle later, pay on account first, or use a measure that is known in time"
    }
    NO_MINIMUM_DENOMINATOR "no-minimum-denominator" Caution Contract {
        rule "an outcome over fewer than 20 people or items moves no money"
        reason "of ten patients one is ten percentage points; chance pays and fines"
        source "clauses in practice name a least denominator and a rule for small numbers; 20 is a judgement"
        remedy "raise the least of `denominator_range`, or write `if denominator(x) >= 20 then … else …`"
    }
    NO_MISSING_DATA_RULE "no-missing-data-rule" Caution Contract {
        rule "each measure that moves money says what counts when its data are missing"
        reason "who pays when a figure never comes is agreed beforehand or argued about afterwards"
        source "clauses in practice name a fallback: pay at the floor, the average, or suspend"
        remedy "write `missing`: refuse, absent, or the value that counts instead"
    }
    NO_DISPUTE_RULE "no-dispute-rule" Caution Contract {
        rule "the contract says how a contested amount is settled, and what is paid meanwhile"
        reason "without a rule the whole payment stops over one line"
        source "finance practice: pay what is not contested, show the rest as an accrual"
        remedy "write `disputes`: the days to contest, who decides, and what is paid meanwhile"
    }
    // Silences
    IDLE_SILENCE "idle-silence" Caution Contract {
        rule "a silence in the contract silences a warning"
        reason "what is excused and no longer there would excuse the next mistake unseen"
        source "design judgement"
        remedy "take it out"
    }
}

/// The rule with this name.
pub fn find(name: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.name == name)
}
