package jp.sekisho.smartcard;

import java.util.Locale;
import java.util.OptionalInt;
import java.util.ResourceBundle;

/**
 * What to tell the person at the terminal about a refusal, in Japanese or English.
 *
 * @param what what happened
 * @param why why it happens
 * @param todo what to do now
 * @param call whom to call when that does not help
 */
public record CardText(String what, String why, String todo, String call) {
  private static final String BUNDLE = "jp.sekisho.smartcard.messages";

  /**
   * The text for a failure.
   *
   * @param locale any language but English gives Japanese
   * @param triesLeft appended to {@code what} when known
   */
  public static CardText of(CardFailure failure, Locale locale, OptionalInt triesLeft) {
    String key = "card." + failure.name() + ".";
    String what = message(locale, key + "what");
    return new CardText(
        triesLeft.isPresent()
            ? what + message(locale, "card.tries-left").formatted(triesLeft.getAsInt())
            : what,
        message(locale, key + "why"),
        message(locale, key + "do"),
        message(locale, key + "call"));
  }

  /**
   * Any text of the module's message file.
   *
   * @throws java.util.MissingResourceException for an unknown key
   */
  public static String message(Locale locale, String key) {
    Locale shipped =
        locale.getLanguage().equals(Locale.ENGLISH.getLanguage())
            ? Locale.ENGLISH
            : Locale.JAPANESE;
    return ResourceBundle.getBundle(
            BUNDLE,
            shipped,
            CardText.class.getClassLoader(),
            ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES))
        .getString(key);
  }

  @Override
  public String toString() {
    return String.join("\n", what, why, todo, call);
  }
}
