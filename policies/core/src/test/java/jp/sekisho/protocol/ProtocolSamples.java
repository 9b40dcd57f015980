package jp.sekisho.protocol;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.LoginEvent;
import jp.sekisho.protocol.statement.BreakGlass;
import jp.sekisho.protocol.statement.CardStatement;
import jp.sekisho.protocol.statement.ExceptionalMeasure;
import jp.sekisho.protocol.statement.ExportGrant;
import jp.sekisho.protocol.statement.OfflineLogin;
import jp.sekisho.protocol.statement.Purpose;
import jp.sekisho.protocol.statement.TerminalStatement;
import org.jspecify.annotations.Nullable;

/** The values of the fixtures under {@code src/test/resources}, and seeded random ones. */
public final class ProtocolSamples {
  /** Bytes 0 to 15. */
  public static final String TRANSACTION = "AAECAwQFBgcICQoLDA0ODw";

  /** Bytes 0 to 31. */
  public static final String NONCE = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

  /** Bytes 16 to 31. */
  public static final String BOOT = "EBESExQVFhcYGRobHB0eHw";

  /** SHA-256 of the ASCII text {@code certificate}. */
  public static final String CERTIFICATE = "A9Zt0Ig1wco_EozOrNHzGslBYwlrIPRFroQoW8CDLXI";

  /** SHA-256 of {@code 承認する文面}. */
  public static final String DETAIL = "PFl1zhbd5Esn56jRjS_E84pkdgsxIbeb5IWAWRhRZlw";

  private ProtocolSamples() {}

  /** The smallest DER that could be a signature. */
  public static byte[] signature() {
    return new byte[] {0x30, 6, 2, 1, 1, 2, 1, 1};
  }

  /** The bytes of a fixture. */
  public static byte[] fixture(String name) {
    try (InputStream in = ProtocolSamples.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static CardStatement cardStatement(Purpose purpose, @Nullable String detail) {
    return new CardStatement(
        "https://auth.city.example", TRANSACTION, NONCE, purpose, "T-0042", CERTIFICATE, detail);
  }

  public static TerminalStatement terminalStatement() {
    return TerminalStatement.over(
        cardStatement(Purpose.LOGIN, null), signature(), BOOT, CardKind.STAFF_PIV);
  }

  /** The grant of {@code export-grant.txt}. */
  public static ExportGrant exportGrant() {
    return new ExportGrant(
        TRANSACTION,
        "mayor",
        "S-1024",
        "T-0042",
        ExportGrant.Capability.USB_READ,
        "M-0007",
        CERTIFICATE,
        "県税事務所から届いた課税資料の読み込み",
        "税第123号",
        null,
        "-なし",
        1_250,
        Instant.parse("2026-11-21T00:00:00Z"),
        Instant.parse("2026-11-21T03:00:00Z"),
        30);
  }

  /** The grant of {@code export-grant-encrypted.txt}. */
  public static ExportGrant encryptedExport() {
    return leaving(
        ExportGrant.Capability.USB_EXPORT_ENCRYPTED,
        null,
        new ExportGrant.Export("prefecture", 3, ExportGrant.MAX_BYTES, List.of()));
  }

  /** The grant of {@code export-grant-plain.txt}. */
  public static ExportGrant plainExport() {
    return leaving(
        ExportGrant.Capability.EXPORT_PLAIN,
        "S-2050",
        new ExportGrant.Export(
            "pension-office", 2, 1_048_576, List.of("課税 資料（令和8年）.csv", "b.csv")));
  }

  /** The grant of {@code export-grant-import.txt}. */
  public static ExportGrant mediaImport() {
    return ofNoMedium(
        ExportGrant.Capability.MEDIA_IMPORT,
        "県税事務所から届いた光ディスクの取込み",
        null,
        new ExportGrant.Bounds(40, 734_003_200));
  }

  /** The grant of {@code export-grant-clipboard.txt}. */
  public static ExportGrant clipboard() {
    return ofNoMedium(
        ExportGrant.Capability.CLIPBOARD,
        "照会への回答文の作成",
        "S-2050",
        new ExportGrant.Bounds(0, 65_536));
  }

  private static ExportGrant ofNoMedium(
      ExportGrant.Capability capability,
      String reason,
      @Nullable String attendant,
      ExportGrant.Bounds most) {
    ExportGrant read = exportGrant();
    return new ExportGrant(
        read.request(),
        read.organ(),
        read.person(),
        read.terminal(),
        capability,
        null,
        null,
        reason,
        read.document(),
        read.legalBasis(),
        null,
        read.subjects(),
        read.start(),
        read.end(),
        read.minutes(),
        attendant,
        most);
  }

  private static ExportGrant leaving(
      ExportGrant.Capability capability, @Nullable String attendant, ExportGrant.Export export) {
    ExportGrant read = exportGrant();
    return new ExportGrant(
        read.request(),
        read.organ(),
        read.person(),
        read.terminal(),
        capability,
        read.medium(),
        read.fingerprint(),
        "県税事務所への課税資料の提供",
        read.document(),
        read.legalBasis(),
        "県税事務所",
        read.subjects(),
        read.start(),
        read.end(),
        read.minutes(),
        attendant,
        export);
  }

  /** The text of {@code break-glass.txt}. */
  public static BreakGlass breakGlass() {
    return new BreakGlass(
        TRANSACTION,
        NONCE,
        "mayor",
        "T-0042",
        BOOT,
        "S-1024",
        ExportGrant.Capability.USB_READ,
        CERTIFICATE,
        BreakGlass.Reason.DISASTER,
        Instant.parse("2026-11-22T06:00:00Z"),
        30);
  }

  /** The text of {@code offline-login.txt}. */
  public static OfflineLogin offlineLogin() {
    return new OfflineLogin(
        TRANSACTION, NONCE, "mayor", "T-0042", BOOT, Instant.parse("2026-11-22T06:00:00Z"));
  }

  /** The text of {@code exceptional-measure.txt}. */
  public static ExceptionalMeasure exceptionalMeasure() {
    return new ExceptionalMeasure(
        TRANSACTION,
        "E-0007",
        "mayor",
        "S-1024",
        List.of("T-0042", "T-0043"),
        null,
        "usb.storage",
        "検診用スキャナが登録できるまでの間",
        "入室者を記録し、情報システム担当が週1回点検する",
        "情第45号",
        LocalDate.of(2026, 11, 22),
        LocalDate.of(2027, 1, 31),
        LocalDate.of(2027, 3, 31),
        "E-0003");
  }

  public static CardAnswer cardAnswer() {
    return new CardAnswer(
        Base64Url.encode(cardStatement(Purpose.LOGIN, null).bytes()),
        Base64Url.encode(signature()),
        Base64Url.encode("certificate".getBytes(StandardCharsets.UTF_8)),
        Base64Url.encode(terminalStatement().bytes()),
        Base64Url.encode(signature()));
  }

  public static EnrollmentTicket ticket() {
    return new EnrollmentTicket(
        URI.create("https://auth.city.example:8444"),
        TRANSACTION,
        Sha256.text("root".getBytes(StandardCharsets.UTF_8)),
        CERTIFICATE);
  }

  public static DeviceRecord deviceRecord() {
    return new DeviceRecord(
        "T-0042",
        BOOT,
        7,
        DeviceRecord.GENESIS,
        Instant.parse("2026-11-20T23:31:05.120Z"),
        "agent.login-refused",
        "PIN_WRONG",
        Map.of("transaction", TRANSACTION, "triesLeft", 2));
  }

  public static Entry entry() {
    return Entry.of(
        range(32, 16),
        range(48, 16),
        Instant.parse("2026-11-20T23:31:05.500Z"),
        new Entry.Subject("mayor", "S-1024", "zeimu-1", "T-0042", "AAECAwQFBgcICQoL"),
        new LoginEvent.Refused(TRANSACTION, Refusal.NOT_ENROLLED));
  }

  /** {@code length} bytes that count up from {@code first}. */
  public static byte[] range(int first, int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (first + i);
    }
    return bytes;
  }

  /** base64url of {@code length} random bytes. */
  public static String random(RandomGenerator random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return Base64Url.encode(bytes);
  }

  /** One of {@code items}. */
  @SafeVarargs
  public static <T> T oneOf(RandomGenerator random, T... items) {
    return items[random.nextInt(items.length)];
  }
}
