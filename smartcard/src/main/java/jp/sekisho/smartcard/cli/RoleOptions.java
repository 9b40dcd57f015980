package jp.sekisho.smartcard.cli;

import java.util.ArrayList;
import java.util.List;
import jp.sekisho.smartcard.pcsc.ReaderRoles;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The option that says whose cards a reader serves. Without it no reader is touched. */
final class RoleOptions {
  @Option(
      names = "--reader-role",
      paramLabel = "PATTERN=staff|resident|shared",
      converter = RuleConverter.class)
  private List<ReaderRoles.Rule> rules = new ArrayList<>();

  ReaderRoles roles() {
    return new ReaderRoles(rules);
  }

  boolean given() {
    return !rules.isEmpty();
  }

  static final class RuleConverter implements ITypeConverter<ReaderRoles.Rule> {
    @Override
    public ReaderRoles.Rule convert(String value) {
      try {
        return ReaderRoles.Rule.parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
