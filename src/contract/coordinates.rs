//! Members by axis: where a formula is worked out, or which line of a clause is meant.

use smallvec::SmallVec;

use super::model::AxisId;

/// A member for each of some axes, as indices: of the axis's members, or of a period. Kept sorted
/// by axis, so that equal coordinates are equal values; there are only ever a few, which are kept in place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Coordinates(SmallVec<[(AxisId, i32); 3]>);

impl Coordinates {
    /// No axis.
    pub fn new() -> Coordinates {
        Coordinates::default()
    }

    fn find(&self, axis: AxisId) -> Result<usize, usize> {
        self.0.binary_search_by_key(&axis, |(known, _)| *known)
    }

    /// The member of an axis.
    pub fn get(&self, axis: &AxisId) -> Option<&i32> {
        self.find(*axis).ok().map(|index| &self.0[index].1)
    }

    /// Sets the member of an axis.
    pub fn insert(&mut self, axis: AxisId, member: i32) {
        match self.find(axis) {
            Ok(index) => self.0[index].1 = member,
            Err(index) => self.0.insert(index, (axis, member)),
        }
    }

    /// Forgets an axis.
    pub fn remove(&mut self, axis: &AxisId) {
        self.0.retain(|(known, _)| known != axis);
    }

    /// Keeps the axes that satisfy a test.
    pub fn retain(&mut self, mut keep: impl FnMut(AxisId) -> bool) {
        self.0.retain(|(axis, _)| keep(*axis));
    }

    /// True when the axis has a member.
    pub fn contains_key(&self, axis: &AxisId) -> bool {
        self.find(*axis).is_ok()
    }

    /// Axes and members in the order of the axes.
    pub fn iter(&self) -> impl Iterator<Item = (&AxisId, &i32)> {
        self.0.iter().map(|(axis, member)| (axis, member))
    }

    /// The axes in order.
    pub fn keys(&self) -> impl Iterator<Item = &AxisId> {
        self.0.iter().map(|(axis, _)| axis)
    }
}

impl FromIterator<(AxisId, i32)> for Coordinates {
    fn from_iter<I: IntoIterator<Item = (AxisId, i32)>>(members: I) -> Coordinates {
        let mut coordinates = Coordinates::new();
        for (axis, member) in members {
            coordinates.insert(axis, member);
        }
        coordinates
    }
}
