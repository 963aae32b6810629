//! What cells look like. Colours are not needed to read a sheet: inputs have a border, checks a word.

use carepact::workbook::Style;
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

/// Dark blue of titles, as red, green and blue.
const DARK: Color = Color::RGB(0x1F_3A_5F);
/// Pale blue behind heads.
const PALE: Color = Color::RGB(0xDC_E6_F1);
/// Pale yellow behind inputs.
const OPEN: Color = Color::RGB(0xFF_F8_DC);

/// A format for each style.
pub(super) struct Looks {
    title: Format,
    note: Format,
    section: Format,
    heading: Format,
    heading_of_numbers: Format,
    text: Format,
    wrapped: Format,
    input: Format,
    amount: Format,
    total: Format,
    whole: Format,
    number: Format,
    plain: Format,
    check: Format,
}

impl Looks {
    pub(super) fn new(places: u32) -> Looks {
        let base = || Format::new().set_font_name("Arial").set_font_size(10).set_align(FormatAlign::Top);
        let point = if places == 0 { "" } else { "." };
        let zeros = "0".repeat(usize::try_from(places).unwrap_or(0));
        let money = format!("#,##0{point}{zeros};-#,##0{point}{zeros}");
        let heading = || {
            let pale = base().set_bold().set_background_color(PALE).set_text_wrap();
            pale.set_border_bottom(FormatBorder::Thin)
        };
        Looks {
            title: base().set_bold().set_font_size(16).set_font_color(DARK),
            note: base().set_italic(),
            section: base().set_bold().set_font_size(11).set_font_color(DARK),
            heading: heading().set_align(FormatAlign::Left).set_indent(1),
            heading_of_numbers: heading().set_align(FormatAlign::Right),
            text: base().set_align(FormatAlign::Left).set_indent(1),
            wrapped: base().set_text_wrap().set_align(FormatAlign::Left).set_indent(1),
            input: base()
                .set_background_color(OPEN)
                .set_border(FormatBorder::Thin)
                .set_num_format("#,##0.##########")
                .set_unlocked(),
            amount: base().set_num_format(&money),
            total: base().set_num_format(&money).set_bold().set_border_top(FormatBorder::Thin),
            whole: base().set_num_format("#,##0"),
            number: base().set_num_format("#,##0.00######"),
            plain: base().set_num_format("General"),
            check: base().set_align(FormatAlign::Center),
        }
    }

    pub(super) fn of(&self, style: Style) -> &Format {
        match style {
            Style::Title => &self.title,
            Style::Note => &self.note,
            Style::Section => &self.section,
            Style::Heading => &self.heading,
            Style::Text => &self.text,
            Style::Wrapped => &self.wrapped,
            Style::Input => &self.input,
            Style::Amount => &self.amount,
            Style::Total => &self.total,
            Style::Whole => &self.whole,
            Style::Number => &self.number,
            Style::Plain => &self.plain,
            Style::Check => &self.check,
        }
    }

    /// The head of a column of numbers.
    pub(super) fn heading_of_numbers(&self) -> &Format {
        &self.heading_of_numbers
    }
}

/// True for cells that stand at the right of their column.
pub(super) fn is_number(style: Style) -> bool {
    match style {
        Style::Input | Style::Amount | Style::Total | Style::Whole | Style::Number | Style::Plain => true,
        Style::Title
        | Style::Note
        | Style::Section
        | Style::Heading
        | Style::Text
        | Style::Wrapped
        | Style::Check => false,
    }
}
