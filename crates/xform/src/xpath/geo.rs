//! Areas and distances on the sphere that ODK uses (equatorial radius 6,378,100 m), fences and crossings.

/// Metres from the centre of the Earth to the equator, as JavaRosa and Web Forms have it.
const RADIUS: f64 = 6_378_100.0;

/// Latitude and longitude in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub lat: f64,
    pub lon: f64,
}

/// The points of a geopoint, geotrace or geoshape; `None` when one is not `lat lon [altitude [accuracy]]` in range.
pub(crate) fn points(text: &str) -> Option<Vec<Point>> {
    text.trim().trim_end_matches(';').split(';').map(point).collect()
}

pub(crate) fn point(text: &str) -> Option<Point> {
    let numbers: Vec<f64> = text.split_whitespace().map(super::number::parse_number).collect();
    let sound = (2..=4).contains(&numbers.len()) && numbers.iter().all(|n| n.is_finite());
    (sound && numbers[0].abs() <= 90.0 && numbers[1].abs() <= 180.0).then(|| Point { lat: numbers[0], lon: numbers[1] })
}

/// Square metres inside the points, by triangles on the projected sphere as JavaRosa computes them.
pub(super) fn area(points: &[Point]) -> f64 {
    if points.len() < 3 {
        return 0.0;
    }
    let metres = 2.0 * std::f64::consts::PI * RADIUS / 360.0;
    let flat: Vec<(f64, f64)> = points[1..]
        .iter()
        .map(|p| ((p.lon - points[0].lon) * metres * p.lat.to_radians().cos(), (p.lat - points[0].lat) * metres))
        .collect();
    flat.windows(2).map(|w| (w[0].1 * w[1].0 - w[0].0 * w[1].1) / 2.0).sum::<f64>().abs()
}

/// Metres along the points, by the spherical law of cosines.
pub(super) fn distance(points: &[Point]) -> f64 {
    points.windows(2).map(|w| between(w[0], w[1])).sum()
}

fn between(a: Point, b: Point) -> f64 {
    let (phi_a, phi_b) = (a.lat.to_radians(), b.lat.to_radians());
    let angle = phi_a.sin() * phi_b.sin() + phi_a.cos() * phi_b.cos() * (a.lon - b.lon).to_radians().cos();
    // Rounding can carry the cosine of equal points past 1, where acos is not a number.
    angle.clamp(-1.0, 1.0).acos() * RADIUS
}

/// Whether `point` is inside the fence (W. R. Franklin's crossing test).
pub(super) fn inside(point: Point, fence: &[Point]) -> bool {
    fence.windows(2).fold(false, |inside, w| {
        let (a, b) = (w[0], w[1]);
        let between = (b.lat > point.lat) != (a.lat > point.lat);
        let left_of = point.lon < (a.lon - b.lon) * (point.lat - b.lat) / (a.lat - b.lat) + b.lon;
        inside != (between && left_of)
    })
}

/// Whether two parts of a line cross or touch though they do not follow each other.
pub(super) fn crosses_itself(points: &[Point]) -> bool {
    let lines: Vec<(Point, Point)> = points.windows(2).map(|w| (w[0], w[1])).filter(|(a, b)| a != b).collect();
    let closed = points.len() > 2 && points.first() == points.last();
    for (i, one) in lines.iter().enumerate() {
        for (j, other) in lines.iter().enumerate().skip(i + 1) {
            let neighbours = j == i + 1 || (closed && i == 0 && j == lines.len() - 1);
            if neighbours {
                if doubles_back(*one, *other) {
                    return true;
                }
            } else if cross(*one, *other) {
                return true;
            }
        }
    }
    false
}

fn side(a: Point, b: Point, c: Point) -> f64 {
    (b.lon - a.lon) * (c.lat - a.lat) - (b.lat - a.lat) * (c.lon - a.lon)
}

fn on(a: Point, b: Point, c: Point) -> bool {
    side(a, b, c) == 0.0
        && (a.lon.min(b.lon)..=a.lon.max(b.lon)).contains(&c.lon)
        && (a.lat.min(b.lat)..=a.lat.max(b.lat)).contains(&c.lat)
}

fn cross((a, b): (Point, Point), (c, d): (Point, Point)) -> bool {
    let apart = |x: f64, y: f64| (x > 0.0 && y < 0.0) || (x < 0.0 && y > 0.0);
    (apart(side(a, b, c), side(a, b, d)) && apart(side(c, d, a), side(c, d, b)))
        || on(a, b, c)
        || on(a, b, d)
        || on(c, d, a)
        || on(c, d, b)
}

/// Neighbours share a point; they cross only by running back over each other.
fn doubles_back((a, b): (Point, Point), (c, d): (Point, Point)) -> bool {
    if b == c { on(a, b, d) || on(c, d, a) } else { on(a, b, c) || on(c, d, b) }
}
