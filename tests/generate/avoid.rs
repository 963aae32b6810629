//! Forms left out of generated contracts: the engine refuses them, or the oracle has no reading
//! of them. Each says why.

/// A code that is combined by `first` or `last` and may be missing in another period: the oracle
/// looks only at the one that is picked, though for numbers it calls the result absent.
pub const CODES_PICKED_OF_ABSENT: bool = true;

/// A pooled ratio with a value for a missing one, over a period that holds just one observation:
/// the engine takes the value, the oracle calls it absent as it does over several.
pub const POOLED_MISSING: bool = true;

/// Two axes within the same one: where the lines of a clause fix both, in different members of the
/// one above, `paid` of the engine adds up the lines of both members, the oracle those of one.
pub const SIBLING_AXES: bool = true;
