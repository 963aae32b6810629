//! Closed intervals of floats, for what a level can be at most and at least.

/// From the least to the greatest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// No value is below.
    pub least: f64,
    /// No value is above.
    pub most: f64,
}

impl Interval {
    /// One value.
    pub fn point(value: f64) -> Interval {
        Interval { least: value, most: value }
    }

    /// The smallest interval that holds some values.
    pub fn hull(values: &[f64]) -> Interval {
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        Interval { least, most }
    }

    /// The sums.
    pub fn plus(self, other: Interval) -> Interval {
        Interval { least: self.least + other.least, most: self.most + other.most }
    }

    /// The products.
    pub fn times(self, other: Interval) -> Interval {
        let (a, b, c, d) = (self.least, self.most, other.least, other.most);
        Interval::hull(&[a * c, a * d, b * c, b * d])
    }

    /// The values brought between two.
    pub fn clamped(self, least: f64, most: f64) -> Interval {
        Interval { least: self.least.clamp(least, most), most: self.most.clamp(least, most) }
    }
}
