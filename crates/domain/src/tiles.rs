//! A schematic map of areas whose outlines nobody has: every area a square of one size, in rows, the whole near-square, the
//! same every time. It shows which areas there are and how they fare, never where they lie.

/// A square of the schematic map, in units of one tile: column and row from the north-west.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tile {
    /// Column from the west.
    pub column: usize,
    /// Row from the north.
    pub row: usize,
}

/// Width and height, in tiles, of the map of `count` areas: as near to a square as rows allow, never taller than wide.
pub fn size(count: usize) -> (usize, usize) {
    if count == 0 {
        return (0, 0);
    }
    let mut width = count.isqrt();
    if width * width < count {
        width += 1;
    }
    (width, count.div_ceil(width))
}

/// The tiles of `count` areas in their order. A last row that is not full stands in the middle.
pub fn layout(count: usize) -> Vec<Tile> {
    let (width, height) = size(count);
    (0..count)
        .map(|at| {
            let (row, column) = (at / width, at % width);
            let left_over = if row + 1 == height { (width - (count - row * width)) / 2 } else { 0 };
            Tile { column: column + left_over, row }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_area_has_a_tile_of_its_own_within_a_near_square() {
        for count in 0..400 {
            let tiles = layout(count);
            let (width, height) = size(count);
            let places: BTreeSet<(usize, usize)> = tiles.iter().map(|tile| (tile.row, tile.column)).collect();
            assert_eq!((tiles.len(), places.len()), (count, count));
            assert!(tiles.iter().all(|tile| tile.column < width && tile.row < height), "{count}");
            assert!(height <= width && width - height <= 1, "{count}: {width} × {height}");
        }
    }

    #[test]
    fn a_short_last_row_stands_in_the_middle() {
        assert_eq!(layout(7).last(), Some(&Tile { column: 1, row: 2 }));
    }
}
