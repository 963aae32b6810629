//! Forms on which the engine and the oracle are known to differ; each is left out of generated
//! contracts until the difference is settled, and then goes from this list.

/// `first` and `last`, and measures combined by them, of values of which one may be absent: the
/// oracle calls the result absent, the engine looks only at the one that is picked.
pub const FIRST_AND_LAST_OF_ABSENT: bool = true;

/// A negative line whose parts have limits as shares of it: the engine turns the line around and
/// not the limits.
pub const NEGATIVE_LINE_WITH_SHARE_LIMITS: bool = true;

/// `previous` of what is worked out for the term: the engine takes the term itself.
pub const PREVIOUS_OF_TERM: bool = true;

/// `previous` of a measure that is summed over the longer period before the term: the engine sums
/// nothing to 0, the oracle calls it absent.
pub const PREVIOUS_OF_SUMS: bool = true;

/// A value that counts for a missing one and does not lie on the grid of the measure: the engine
/// takes it to lie there, and does not round the line.
pub const MISSING_OFF_THE_GRID: bool = true;

/// A ratio with a value for a missing one whose denominator may be 0: the engine calls the missing
/// one absent all the same.
pub const MISSING_RATIO_OVER_ZERO: bool = true;

/// Numerator or denominator, read in a longer period, of a ratio that is not pooled: the engine
/// sums them, the oracle combines them as the measure declares.
pub const NUMERATORS_OF_LEVELS: bool = true;

/// Two axes within the same one: `paid` and `net` of the engine do not see that the context and a
/// line lie in different members of what is above both.
pub const SIBLING_AXES: bool = true;

/// A pooled ratio with a value for a missing one: over a period that holds just one observation
/// the engine takes the value, over several it is absent, as it always is to the oracle.
pub const POOLED_MISSING: bool = true;

/// A ratio that may be missing and whose least is not 0: the numbers that stand in for the missing
/// ones lie off the grid, or give a ratio outside its range.
pub const MISSING_RATIOS_NOT_FROM_ZERO: bool = true;

/// Data without a holder, of a contract with a party that is many: the engine then states not
/// even the lines that have nothing to do with holders.
pub const NO_HOLDERS: bool = true;

/// Instalments that depend on the holder, of a line that does not: the engine states them once,
/// by the data of the first holder; the oracle has no holder to read them for.
pub const INSTALMENTS_BY_HOLDER: bool = true;
