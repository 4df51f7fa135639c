//! The packs inside the program.

use linli_pack::PackFiles;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../packs"]
struct Shipped;

/// The packs this program ships.
pub fn packs() -> PackFiles {
    Shipped::iter()
        .filter_map(|path| {
            let file = Shipped::get(&path)?;
            let text = String::from_utf8(file.data.into_owned()).ok()?;
            Some((path.into_owned(), text))
        })
        .collect()
}
