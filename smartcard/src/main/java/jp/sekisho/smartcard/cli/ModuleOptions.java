package jp.sekisho.smartcard.cli;

import java.nio.file.Path;
import java.util.Optional;
import jp.sekisho.smartcard.pcsc.ReaderRoles;
import jp.sekisho.smartcard.pkcs11.Pkcs11Card;
import jp.sekisho.smartcard.pkcs11.TokenSelector;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that name a token behind a PKCS#11 module instead of a PIV card. */
final class ModuleOptions {
  @SuppressWarnings("NullAway.Init") // injected by picocli
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(names = "--module", paramLabel = "LIBRARY")
  private @Nullable Path module;

  @Option(names = "--token-label", paramLabel = "TEXT")
  private @Nullable String label;

  @Option(names = "--token-serial", paramLabel = "TEXT")
  private @Nullable String serial;

  @Option(names = "--token-is-file")
  private boolean inFile;

  /**
   * Empty when no module is named.
   *
   * @throws ParameterException unless exactly one of label and serial is given with a module
   */
  Optional<Pkcs11Card> card(ReaderRoles roles) {
    boolean oneSelector = (label == null) != (serial == null);
    if (module == null && inFile) {
      throw new ParameterException(command.commandLine(), "--token-is-file: --module LIBRARY");
    }
    if (module == null ? label != null || serial != null : !oneSelector) {
      throw new ParameterException(
          command.commandLine(), "--module LIBRARY (--token-label | --token-serial)");
    }
    if (module == null) {
      return Optional.empty();
    }
    try {
      TokenSelector token =
          label == null
              ? TokenSelector.serial(serial == null ? "" : serial)
              : TokenSelector.label(label);
      return Optional.of(
          inFile ? Pkcs11Card.inFile(module, token, roles) : new Pkcs11Card(module, token, roles));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()));
    }
  }
}
