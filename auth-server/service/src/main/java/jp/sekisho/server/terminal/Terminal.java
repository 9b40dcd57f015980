package jp.sekisho.server.terminal;

import java.security.PublicKey;
import java.time.Instant;
import java.util.Locale;
import jp.sekisho.protocol.event.DeviceRecord;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.smartcard.verify.SignatureVerifier;
import org.jspecify.annotations.Nullable;

/**
 * A terminal as its sealed row says; times in milliseconds.
 *
 * @param id such as {@code T-0042}
 * @param organ id of its 機関
 * @param spki DER of its device key
 * @param fingerprint {@link jp.sekisho.protocol.Fingerprint} of {@code spki}
 * @param serial serial number of its newest certificate, hexadecimal
 * @param certificate DER of that certificate
 * @param notAfter end of that certificate
 * @param enrolledAt when the key was first certified
 * @param confirmedAt when an administrator compared the fingerprint; null while pending
 * @param lastSeq highest sequence number in the log, 0 before the first
 * @param lastHash base64url hash of that record, {@code DeviceRecord.GENESIS} before the first
 * @param boot boot of that record; null before the first
 * @param enforcement what it last measured of its gates; null before the first heartbeat
 * @param fault why its gates do not hold; empty when they do
 * @param silentSince last sign of life before it fell silent; null while it is heard
 * @param clockAhead by how many seconds its clock is ahead of ours at least, behind when negative,
 *     as told last; null while it is right
 */
@SuppressWarnings("ArrayRecordComponent") // never handed to code that writes into them
public record Terminal(
    String id,
    String organ,
    State state,
    byte[] spki,
    String fingerprint,
    String serial,
    byte[] certificate,
    Instant notAfter,
    Instant enrolledAt,
    @Nullable Instant confirmedAt,
    long lastSeq,
    String lastHash,
    @Nullable String boot,
    @Nullable Enforcement enforcement,
    String fault,
    @Nullable Instant silentSince,
    @Nullable Long clockAhead) {

  /** Where a registration stands. */
  public enum State {
    /** Enrolled; an administrator has not compared the fingerprint. */
    PENDING,
    /** At work. */
    ACTIVE,
    /** Removed (登録抹消); the row stays so that its key is recognised. */
    REVOKED;

    /** The word on the wire. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What a terminal measures of its gates. */
  public enum Enforcement {
    /** 有効: they hold. */
    EFFECTIVE,
    /** 設定不良: they do not. */
    MISCONFIGURED;

    /** The word in the log. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The device key. */
  public PublicKey deviceKey() {
    return SignatureVerifier.encoded(spki)
        .orElseThrow(() -> new IllegalStateException("a sealed row holds no P-256 key"));
  }

  /** The subject of entries about this terminal. */
  public Entry.Subject subject() {
    return Entry.Subject.terminal(organ, id);
  }

  /** Just enrolled, with no record yet. */
  static Terminal enrolled(
      String id, String organ, byte[] spki, String fingerprint, Certified certified, Instant at) {
    return new Terminal(
        id,
        organ,
        State.PENDING,
        spki,
        fingerprint,
        certified.serial(),
        certified.der(),
        certified.notAfter(),
        at,
        null,
        0,
        DeviceRecord.GENESIS,
        null,
        null,
        "",
        null,
        null);
  }

  /** A certificate of its key. */
  @SuppressWarnings("ArrayRecordComponent") // never handed to code that writes into it
  record Certified(byte[] der, String serial, Instant notAfter) {}

  Terminal with(State newState, @Nullable Instant confirmed) {
    return copy(newState, confirmed, new Certified(certificate, serial, notAfter), silentSince);
  }

  Terminal with(Certified certified) {
    return copy(state, confirmedAt, certified, silentSince);
  }

  Terminal withSilentSince(@Nullable Instant since) {
    return copy(state, confirmedAt, new Certified(certificate, serial, notAfter), since);
  }

  private Terminal copy(
      State newState, @Nullable Instant confirmed, Certified c, @Nullable Instant silent) {
    return new Terminal(
        id,
        organ,
        newState,
        spki,
        fingerprint,
        c.serial(),
        c.der(),
        c.notAfter(),
        enrolledAt,
        confirmed,
        lastSeq,
        lastHash,
        boot,
        enforcement,
        fault,
        silent,
        clockAhead);
  }

  /** After {@code record} was taken. */
  Terminal after(DeviceRecord record) {
    return new Terminal(
        id,
        organ,
        state,
        spki,
        fingerprint,
        serial,
        certificate,
        notAfter,
        enrolledAt,
        confirmedAt,
        record.seq(),
        record.hash(),
        record.boot(),
        enforcement,
        fault,
        silentSince,
        clockAhead);
  }

  Terminal with(Enforcement measured, String newFault) {
    return new Terminal(
        id,
        organ,
        state,
        spki,
        fingerprint,
        serial,
        certificate,
        notAfter,
        enrolledAt,
        confirmedAt,
        lastSeq,
        lastHash,
        boot,
        measured,
        newFault,
        silentSince,
        clockAhead);
  }

  /** After its clock was compared with ours. */
  Terminal withClockAhead(@Nullable Long seconds) {
    return new Terminal(
        id,
        organ,
        state,
        spki,
        fingerprint,
        serial,
        certificate,
        notAfter,
        enrolledAt,
        confirmedAt,
        lastSeq,
        lastHash,
        boot,
        enforcement,
        fault,
        silentSince,
        seconds);
  }
}
