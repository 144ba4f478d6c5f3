//! The colours of glazes, walls and wood, computed from OKLCH beforehand.

/// A glaze: body, its light and dark side, its inside, its decoration, its flecks.
pub(super) struct Glaze {
    pub(super) body: &'static str,
    pub(super) light: &'static str,
    pub(super) shade: &'static str,
    pub(super) inside: &'static str,
    pub(super) dip: &'static str,
    pub(super) band: &'static str,
    pub(super) fleck: &'static str,
}

pub(super) const GLAZES: [Glaze; 8] = [
    glaze(["#2c4fa2", "#506fb3", "#0b1c55", "#122c7c", "#476dc3", "#f1eee7", "#84acff"]),
    glaze(["#91bda8", "#b7dbca", "#396250", "#618b78", "#67917e", "#2c4fa2", "#396250"]),
    glaze(["#5b4137", "#745d56", "#1d0f0a", "#3f271e", "#785c52", "#f1eee7", "#b5978c"]),
    glaze(["#d8d0bf", "#f8f1e3", "#7b7464", "#a69e8d", "#aca493", "#2c4fa2", "#7b7464"]),
    glaze(["#2f333b", "#4a4d54", "#0b0d12", "#171b22", "#494d56", "#f1eee7", "#828690"]),
    glaze(["#e7d48f", "#fff6d1", "#887733", "#b3a15e", "#b9a764", "#2c4fa2", "#887733"]),
    glaze(["#b05649", "#c67b6f", "#4c1a12", "#7c271c", "#d17465", "#f1eee7", "#ffbfb4"]),
    glaze(["#a3bbd0", "#c7daec", "#4b6073", "#72899d", "#788fa3", "#2c4fa2", "#4b6073"]),
];

const fn glaze([body, light, shade, inside, dip, band, fleck]: [&'static str; 7]) -> Glaze {
    Glaze { body, light, shade, inside, dip, band, fleck }
}

/// The glaze that a part of the SKU names, so that MUG-OAT is the colour of oat; an index into [`GLAZES`].
pub(super) fn named_glaze(sku: &str) -> Option<usize> {
    const NAMES: [(&str, usize); 22] = [
        ("COBALT", 0),
        ("BLUE", 0),
        ("BLU", 0),
        ("CELADON", 1),
        ("GREEN", 1),
        ("SAGE", 1),
        ("IRON", 2),
        ("BROWN", 2),
        ("OAT", 3),
        ("WHITE", 3),
        ("NATURAL", 3),
        ("CHARCOAL", 4),
        ("BLACK", 4),
        ("BLK", 4),
        ("BUTTER", 5),
        ("YELLOW", 5),
        ("MADDER", 6),
        ("RED", 6),
        ("ROSE", 6),
        ("MIST", 7),
        ("GREY", 7),
        ("SKY", 7),
    ];
    sku.split(|c: char| !c.is_ascii_alphanumeric())
        .find_map(|part| NAMES.iter().find(|(name, _)| part.eq_ignore_ascii_case(name)).map(|(_, index)| *index))
}

/// Wall, the line where it meets the sill, the sill's front.
pub(super) const WALLS: [[&str; 3]; 5] = [
    ["#e2e9f0", "#c2c8cf", "#d2d8df"],
    ["#d7e5de", "#b7c5be", "#c7d5ce"],
    ["#f1eadc", "#d0cabc", "#e1dacc"],
    ["#d3dbea", "#b3bbc9", "#c3cbd9"],
    ["#f0e0de", "#d0c0bd", "#e0d0cd"],
];

/// Body, grain, light edge, shade.
pub(super) const WOODS: [[&str; 4]; 3] = [
    ["#a07f60", "#8a6a4c", "#b39171", "#55391b"],
    ["#bd9f7c", "#a78967", "#d1b18e", "#715534"],
    ["#7a5c48", "#654935", "#8c6d58", "#341a07"],
];

pub(super) const CLAY: &str = "#ba9f89";
