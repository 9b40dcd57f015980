package jp.sekisho.server.person;

import java.util.Locale;
import java.util.Optional;

/** How a person is engaged (任用区分); the Japanese word is accepted in files as well. */
public enum Appointment {
  /** Regular staff. */
  STAFF("職員"),
  /** Mayor and other special posts. */
  SPECIAL("特別職"),
  /** 会計年度任用職員: never beyond the 31 March of the fiscal year in which the post begins. */
  FISCAL_YEAR("会計年度任用職員"),
  /** Member of a committee. */
  COMMISSIONER("委員"),
  /** Member of an assembly. */
  ASSEMBLY("議員"),
  /** Sent by another body to help; always with an end. */
  SUPPORT("応援職員"),
  /** Employee of a contractor; always with the end of the contract. */
  CONTRACTOR("委託事業者");

  private final String word;

  Appointment(String word) {
    this.word = word;
  }

  /** The appointment called {@code text}, in either case or in Japanese. */
  static Optional<Appointment> parse(String text) {
    for (Appointment one : values()) {
      if (one.name().equals(text.toUpperCase(Locale.ROOT)) || one.word.equals(text)) {
        return Optional.of(one);
      }
    }
    return Optional.empty();
  }
}
