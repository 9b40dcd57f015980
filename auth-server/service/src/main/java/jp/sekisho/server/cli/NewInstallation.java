package jp.sekisho.server.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.ServiceEvent;
import jp.sekisho.server.audit.AuditLogs;
import jp.sekisho.server.audit.PendingEntries;
import jp.sekisho.server.config.DataDirectory;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.config.ServiceConfig;
import jp.sekisho.server.listener.ServerKeys;
import jp.sekisho.server.person.Organs;
import jp.sekisho.server.setup.Setup;
import jp.sekisho.server.setup.SetupCode;
import jp.sekisho.server.storage.Database;
import jp.sekisho.server.storage.PrivateFiles;
import jp.sekisho.server.storage.RowSeal;

/** Makes what a data directory holds; {@code config.json} last, as the sign of completeness. */
final class NewInstallation {
  private static final int SOURCE_KEY_BYTES = 32;
  private static final int MAX_NAME = 100;

  private NewInstallation() {}

  /**
   * Reads {@code ID:NAME} arguments; sorted by id.
   *
   * @throws IllegalArgumentException naming the setting
   */
  static Map<String, String> organs(Collection<String> arguments) {
    Map<String, String> organs = new TreeMap<>();
    for (String argument : arguments) {
      String[] parts = argument.split(":", 2);
      boolean valid =
          parts.length == 2
              && Names.isOrgan(parts[0])
              && !parts[0].equals(PendingEntries.SYSTEM)
              && !parts[1].isBlank()
              && parts[1].length() <= MAX_NAME
              && parts[1].codePoints().noneMatch(Character::isISOControl);
      if (!valid
          || organs.put(parts[0], Normalizer.normalize(parts[1], Normalizer.Form.NFC)) != null) {
        throw new IllegalArgumentException("invalid setting: organ");
      }
    }
    return organs;
  }

  /** Whether the directory was made with these parameters. */
  static boolean isSame(DataDirectory directory, ServiceConfig config, Map<String, String> organs)
      throws IOException {
    if (!ServiceConfig.read(directory.config()).equals(config)) {
      return false;
    }
    try (Database database = Installation.database(directory, config)) {
      return database.read(Organs::names).equals(organs);
    }
  }

  /**
   * Makes it.
   *
   * @param guided whether a first start is demanded before anybody else works with it
   * @return its one-time code; empty where none is demanded
   */
  static Optional<SetupCode> create(
      DataDirectory directory,
      ServiceConfig config,
      Map<String, String> organs,
      String version,
      boolean guided,
      Clock clock)
      throws IOException, GeneralSecurityException {
    PrivateFiles.createDirectory(directory.root());
    PrivateFiles.createDirectory(directory.keys());
    if (config.staffCa() == null) {
      PrivateFiles.createDirectory(directory.staffTrust());
    }
    writeRandom(directory.rowKey(), RowSeal.KEY_BYTES);
    writeRandom(directory.sourceKey(), SOURCE_KEY_BYTES);
    ServerKeys.createAll(directory.keys(), config.agentsHosts(), clock);
    List<String> logs = new ArrayList<>(organs.keySet());
    logs.add(PendingEntries.SYSTEM);
    try (Database database = Installation.database(directory, config)) {
      AuditLogs.create(database, directory.keys(), config.host(), logs);
    }
    if (guided) {
      Setup.demand(directory);
    }
    Optional<SetupCode> code;
    try (Installation installation = Installation.open(directory, config, clock)) {
      Setup setup = Setup.of(installation);
      code =
          installation
              .transactions()
              .<Optional<SetupCode>, RuntimeException>write(change -> {
                Organs.create(change.handle(), organs);
                change.record(
                    Entry.Subject.NONE,
                    new ServiceEvent.Initialised(version, config.origin(), config.trial()));
                return guided ? Optional.of(setup.begin(change)) : Optional.empty();
              });
      installation.logs().integrateNow();
    }
    config.write(directory.config());
    return code;
  }

  private static void writeRandom(Path file, int length) throws IOException {
    byte[] key = new byte[length];
    new SecureRandom().nextBytes(key);
    try {
      PrivateFiles.writeNew(file, key);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }
}
