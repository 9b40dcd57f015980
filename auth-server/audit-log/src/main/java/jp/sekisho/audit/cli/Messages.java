package jp.sekisho.audit.cli;

import java.text.MessageFormat;
import java.util.Locale;
import java.util.ResourceBundle;

/**
 * Texts for people, in Japanese or English, from {@code jp/sekisho/audit/messages_*.properties}.
 */
record Messages(ResourceBundle bundle) {
  private static final String OPTION = "--lang";

  static Messages of(Locale language) {
    return new Messages(
        ResourceBundle.getBundle(
            "jp.sekisho.audit.messages",
            language,
            ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES)));
  }

  /**
   * Returns what {@code --lang} asks for, else Japanese where the system is Japanese, else English.
   * Looked up before parsing, since help and complaints of the parser need it.
   */
  static Locale language(String[] args, Locale system) {
    String chosen = system.getLanguage();
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals(OPTION) && i + 1 < args.length) {
        chosen = args[i + 1];
      } else if (args[i].startsWith(OPTION + "=")) {
        chosen = args[i].substring(OPTION.length() + 1);
      }
    }
    return chosen.equals("ja") ? Locale.JAPANESE : Locale.ENGLISH;
  }

  String get(String key, Object... values) {
    return new MessageFormat(bundle.getString(key), Locale.ROOT).format(values);
  }
}
