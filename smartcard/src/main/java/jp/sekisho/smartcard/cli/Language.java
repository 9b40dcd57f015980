package jp.sekisho.smartcard.cli;

import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The languages this program speaks. */
enum Language {
  JA(Locale.JAPANESE),
  EN(Locale.ENGLISH);

  static final String OPTION = "--lang";

  private final Locale locale;

  Language(Locale locale) {
    this.locale = locale;
  }

  Locale locale() {
    return locale;
  }

  /** Japanese where the system is Japanese, else English. */
  static Language of(Locale system) {
    return system.getLanguage().equals(JA.locale.getLanguage()) ? JA : EN;
  }

  static Optional<Language> parse(String text) {
    return text.equals("ja")
        ? Optional.of(JA)
        : text.equals("en") ? Optional.of(EN) : Optional.empty();
  }

  /**
   * What the arguments ask for, looked up before they are parsed: help and the parser's complaints
   * need it. What is no language the parser complains about.
   */
  static Language asked(String[] arguments, Locale system) {
    Optional<Language> asked = Optional.empty();
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].equals(OPTION) && i + 1 < arguments.length) {
        asked = parse(arguments[i + 1]);
      } else if (arguments[i].startsWith(OPTION + "=")) {
        asked = parse(arguments[i].substring(OPTION.length() + 1));
      }
    }
    return asked.orElseGet(() -> of(system));
  }

  static final class Converter implements ITypeConverter<Language> {
    @Override
    public Language convert(String value) {
      return parse(value)
          .orElseThrow(() -> new TypeConversionException("ja | en: '" + value + "'"));
    }
  }
}
