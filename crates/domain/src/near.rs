//! Distances on the ground, and which of some places lie near one.

/// Mean radius of the earth in metres (IUGG).
const RADIUS: f64 = 6_371_008.8;

/// A point: degrees north and east (WGS 84).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Latitude, −90 to 90.
    pub lat: f64,
    /// Longitude, −180 to 180.
    pub lon: f64,
}

impl Point {
    /// A place, unless the numbers are none on the earth.
    pub fn new(lat: f64, lon: f64) -> Option<Self> {
        let sound = lat.is_finite() && lon.is_finite() && lat.abs() <= 90.0 && lon.abs() <= 180.0;
        sound.then_some(Self { lat, lon })
    }

    /// Metres along the great circle to `other` (haversine).
    pub fn metres_to(self, other: Self) -> f64 {
        let (from, to) = (self.lat.to_radians(), other.lat.to_radians());
        let (across, along) = ((to - from) / 2.0, (other.lon - self.lon).to_radians() / 2.0);
        let half = across.sin().powi(2) + from.cos() * to.cos() * along.sin().powi(2);
        2.0 * RADIUS * half.sqrt().min(1.0).asin()
    }

    /// Whether it lies within a ring of places (even–odd rule). The edge belongs to neither side for sure.
    pub fn within(self, ring: &[Self]) -> bool {
        let mut inside = false;
        let mut before = match ring.last() {
            Some(last) => *last,
            None => return false,
        };
        for corner in ring {
            let crosses = (corner.lat > self.lat) != (before.lat > self.lat);
            if crosses {
                let share = (self.lat - corner.lat) / (before.lat - corner.lat);
                if self.lon < corner.lon + share * (before.lon - corner.lon) {
                    inside = !inside;
                }
            }
            before = *corner;
        }
        inside
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(lat: f64, lon: f64) -> Point {
        Point::new(lat, lon).unwrap()
    }

    #[test]
    fn a_degree_of_latitude_is_111_kilometres() {
        let metres = at(45.0, 126.0).metres_to(at(46.0, 126.0));
        assert!((metres - 111_195.0).abs() < 5.0, "{metres}");
        assert!(at(45.75, 126.65).metres_to(at(45.75, 126.6507)) < 60.0);
        assert!(Point::new(f64::NAN, 0.0).is_none() && Point::new(91.0, 0.0).is_none());
    }

    #[test]
    fn a_place_is_within_the_ring_around_it() {
        let square = [at(0.0, 0.0), at(0.0, 2.0), at(2.0, 2.0), at(2.0, 0.0)];
        assert!(at(1.0, 1.0).within(&square) && !at(1.0, 3.0).within(&square) && !at(-1.0, 1.0).within(&square));
        assert!(!at(1.0, 1.0).within(&[]));
    }

    proptest! {
        #[test]
        fn the_way_back_is_as_long_as_the_way_there(
            a in -89.0..89.0_f64, b in -179.0..179.0_f64, c in -89.0..89.0_f64, d in -179.0..179.0_f64
        ) {
            let (there, back) = (at(a, b).metres_to(at(c, d)), at(c, d).metres_to(at(a, b)));
            prop_assert!(there.is_finite() && there >= 0.0 && (there - back).abs() < 1e-3);
        }
    }
}
