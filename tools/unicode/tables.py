#!/usr/bin/env python3
"""Writes runtime/std/text/unicode.async from Python's Unicode database: tools/unicode/tables.py > runtime/std/text/unicode.async"""
import sys
import unicodedata

LAST = 0x110000


def escaped(data):
    return "".join(f"\\x{byte:02x}" for byte in data)


def mapping_table(convert):
    """Runs of characters with one difference to their mapping: start, end, step, difference (3 + 3 + 1 + 4 bytes)."""
    pairs = []
    for n in range(0x80, LAST):
        if 0xD800 <= n < 0xE000:
            continue
        to = convert(chr(n))
        if len(to) == 1 and ord(to) != n:
            pairs.append((n, ord(to) - n))
    runs = []
    for n, difference in pairs:
        if runs:
            start, end, step, same = runs[-1]
            if same == difference and (n - end == step or (start == end and n - end <= 2)):
                runs[-1] = (start, n, n - end, difference)
                continue
        runs.append((n, n, 1, difference))
    return b"".join(s.to_bytes(3, "big") + e.to_bytes(3, "big") + bytes([step]) + d.to_bytes(4, "big", signed=True)
                    for s, e, step, d in runs)


def class_table(belongs):
    """Ranges of the characters from 128 on that belong to a class: start, end (3 + 3 bytes)."""
    ranges = []
    for n in range(0x80, LAST):
        if not 0xD800 <= n < 0xE000 and belongs(chr(n)):
            if ranges and ranges[-1][1] == n - 1:
                ranges[-1][1] = n
            else:
                ranges.append([n, n])
    return b"".join(s.to_bytes(3, "big") + e.to_bytes(3, "big") for s, e in ranges)


def several(convert):
    return ";".join(chr(n) + convert(chr(n)) for n in range(0x80, LAST)
                    if not 0xD800 <= n < 0xE000 and len(convert(chr(n))) > 1)


def main():
    upper, lower = mapping_table(str.upper), mapping_table(str.lower)
    letters, spaces = class_table(str.isalpha), class_table(str.isspace)
    print(f"""/// Case mapping and classes of Unicode {unicodedata.unidata_version}. Written by tools/unicode/tables.py; do not edit.
/// Sorted runs: first, last (3 bytes each), step (1), difference to the mapping (4, signed), big-endian.

const UPPER: bytes = b"{escaped(upper)}";
const LOWER: bytes = b"{escaped(lower)}";
// Sorted ranges: first, last (3 bytes each).
const ALPHABETIC: bytes = b"{escaped(letters)}";
const WHITESPACE: bytes = b"{escaped(spaces)}";
// Characters that become several: the character and what it becomes, separated by semicolons.
const SEVERAL_UPPER: str = "{several(str.upper)}";
const SEVERAL_LOWER: str = "{several(str.lower)}";
""")
    print(r"""fn three(table: &bytes, at: i64) -> u32 {
    ((table.get(at) as u32) << 16u32) | ((table.get(at + 1) as u32) << 8u32) | (table.get(at + 2) as u32)
}

// The row whose range holds `n`, or -1; O(log n).
fn find(table: &bytes, row: i64, n: u32) -> i64 {
    let (low, high) = (0, table.len() / row);
    while low < high {
        let middle = (low + high) / 2;
        if n < three(table, middle * row) {
            high = middle;
        } else if n > three(table, middle * row + 3) {
            low = middle + 1;
        } else {
            return middle * row;
        }
    }
    -1
}

fn mapped(table: &bytes, c: char) -> char {
    let n = c as u32;
    let at = find(table, 11, n);
    if at < 0 || (n - three(table, at)) % (table.get(at + 6) as u32) != 0u32 { return c; }
    let difference = (((table.get(at + 7) as u32) << 24u32) | three(table, at + 8)) as i32;
    std::core::char::from_u32(((n as i32) +% difference) as u32).unwrap_or(c)
}

/// The upper-case letter of one that has one; others stay. O(log n) in the table.
pub fn to_upper(c: char) -> char {
    if (c as u32) < 128u32 { return if c >= 'a' && c <= 'z' { ((c as u8) - 32u8) as char } else { c }; }
    mapped(&UPPER, c)
}

/// The lower-case letter of one that has one; others stay. O(log n) in the table.
pub fn to_lower(c: char) -> char {
    if (c as u32) < 128u32 { return if c >= 'A' && c <= 'Z' { ((c as u8) + 32u8) as char } else { c }; }
    mapped(&LOWER, c)
}

/// Whether it is a letter (Alphabetic).
pub fn is_alphabetic(c: char) -> bool { find(&ALPHABETIC, 6, c as u32) >= 0 }
/// Whether it is white space (White_Space).
pub fn is_whitespace(c: char) -> bool { find(&WHITESPACE, 6, c as u32) >= 0 }

/// Appends the full mapping of a character to upper case, which may be several.
pub fn write_upper(c: char, f: &mut Formatter) { write_mapped(c, to_upper(c), &SEVERAL_UPPER, f); }
/// The same to lower case.
pub fn write_lower(c: char, f: &mut Formatter) { write_mapped(c, to_lower(c), &SEVERAL_LOWER, f); }

fn write_mapped(c: char, simple: char, several: &str, f: &mut Formatter) {
    if (c as u32) >= 128u32 && simple == c {
        for entry in several.split(&";") {
            if entry.chars().next() == Some(c) {
                f.write_part(&entry, c.len_utf8(), entry.len());
                return;
            }
        }
    }
    f.write_char(simple);
}""")


if __name__ == "__main__":
    sys.exit(main())
