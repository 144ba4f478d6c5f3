//! Words as search compares them: lower case, without accents, a plural's s gone.
//!
//! Knows Latin letters; writing without blanks between words (Japanese, Chinese, Thai) is one word, found by its
//! beginning. It deliberately knows no language and no synonyms.

/// Longer words are cut; nobody types more.
const MAX_CHARACTERS: usize = 40;

/// What a letter is compared as; several for ligatures, none for a combining accent.
pub(crate) fn folded(letter: char) -> Option<&'static str> {
    Some(match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ð' | 'ď' | 'đ' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'þ' => "th",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        '\u{300}'..='\u{36f}' => "",
        _ => return None,
    })
}

fn finish(word: &mut String, words: &mut Vec<String>) {
    if word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") {
        word.pop();
    }
    if !word.is_empty() {
        words.push(std::mem::take(word));
    }
}

/// The words of `text`, in their order.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut characters = 0;
    for letter in text.chars().flat_map(char::to_lowercase) {
        let plain = folded(letter);
        if plain.is_none() && !letter.is_alphanumeric() {
            // An apostrophe stands inside a word.
            if !matches!(letter, '\'' | '\u{2019}') {
                finish(&mut word, &mut words);
                characters = 0;
            }
            continue;
        }
        characters += 1;
        if characters <= MAX_CHARACTERS {
            match plain {
                Some(plain) => word.push_str(plain),
                None => word.push(letter),
            }
        }
    }
    finish(&mut word, &mut words);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn are_lower_case_and_without_accents() {
        assert_eq!(words("Crème BRÛLÉE-Förmchen, 6 Stück"), ["creme", "brulee", "formchen", "6", "stuck"]);
        assert_eq!(words("Große Gläser"), ["grosse", "glaser"]);
        assert_eq!(words("e\u{301}te\u{301}"), ["ete"]);
        assert_eq!(words("chef's mugs glass"), ["chef", "mug", "glass"]);
        assert_eq!(words("急須 200ml"), ["急須", "200ml"]);
        assert!(words(" -- ").is_empty());
    }
}
