package jp.sekisho.server.config;

import java.nio.file.Files;
import java.nio.file.Path;
import jp.sekisho.protocol.CardKind;

/**
 * Where everything of an installation lies: {@code config.json}, {@code sekisho.db}, {@code keys/},
 * {@code trust/staff-piv/}, {@code trust/passkey-models/}, {@code exports/}.
 *
 * @param root mode 0700
 */
public record DataDirectory(Path root) {
  public DataDirectory {
    root = root.toAbsolutePath().normalize();
  }

  /** Written last by {@code init}: an installation is complete when it is there. */
  public Path config() {
    return root.resolve("config.json");
  }

  /** The SQLite file, unless the settings name another database. */
  public Path database() {
    return root.resolve("sekisho.db");
  }

  /** Mode 0700; each file in it 0600. */
  public Path keys() {
    return root.resolve("keys");
  }

  /** HMAC key of security rows. */
  public Path rowKey() {
    return keys().resolve("row-mac.key");
  }

  /** HMAC key that hides network addresses in the log. */
  public Path sourceKey() {
    return keys().resolve("source-hash.key");
  }

  /** PEM chain of the people's port; the operator puts it here, none in a trial. */
  public Path peopleCertificate() {
    return keys().resolve("people-tls.crt");
  }

  /** PEM PKCS#8 key of the people's port. */
  public Path peopleKey() {
    return keys().resolve("people-tls.key");
  }

  /** Password of a PostgreSQL database, one line; absent where the server asks for none. */
  public Path databasePassword() {
    return keys().resolve("database.password");
  }

  /** Whether the first start is open or finished; absent where none was demanded. */
  public Path setup() {
    return keys().resolve("setup");
  }

  /** The same of another kind of card: {@code trust/<kind>/}. */
  public Path cardTrust(CardKind kind) {
    return root.resolve("trust").resolve(kind.text());
  }

  /** Anchors ({@code *.crt}) and revocation lists ({@code *.crl}) of staff cards, unless set. */
  public Path staffTrust() {
    return root.resolve("trust").resolve("staff-piv");
  }

  /** The models of passkeys that may be registered, a file each; absent: none. */
  public Path passkeyModels() {
    return root.resolve("trust").resolve("passkey-models");
  }

  /** What is being taken out of a log just now; mode 0700, emptied at each start. */
  public Path exports() {
    return root.resolve("exports");
  }

  /** Who time-stamps checkpoints: a line with the address; absent: nobody. */
  public Path stampAuthority() {
    return root.resolve("trust").resolve("tsa");
  }

  /** Who cosigns checkpoints: a line {@code VKEY URL} each; absent: nobody. */
  public Path witnesses() {
    return root.resolve("trust").resolve("witnesses");
  }

  /** Whether {@code init} was completed here. */
  public boolean isInstalled() {
    return Files.exists(config());
  }
}
