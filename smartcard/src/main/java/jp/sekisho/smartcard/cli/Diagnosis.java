package jp.sekisho.smartcard.cli;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;
import jp.sekisho.smartcard.pcsc.GrantedReader;
import jp.sekisho.smartcard.pcsc.PcscCard;
import jp.sekisho.smartcard.pcsc.PcscContext;
import jp.sekisho.smartcard.pcsc.ReaderRole;
import jp.sekisho.smartcard.pcsc.ReaderRoles;
import jp.sekisho.smartcard.pcsc.ReaderState;
import jp.sekisho.smartcard.pcsc.RemoteSession;
import jp.sekisho.smartcard.piv.CardReading;
import jp.sekisho.smartcard.piv.PivCard;

/**
 * Looks for what stands between a person and a card login on this machine: service, session,
 * readers, their drivers and roles, locks, and the card itself. Reads a card in a staff reader
 * without a PIN; other readers are listed by name and asked nothing.
 */
final class Diagnosis {
  /** Long enough for a slow contactless card, short enough for somebody who waits. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** What can be wrong; each has a text of what it is and one of what to do. */
  enum Code {
    OK,
    /** libpcsclite or winscard does not load. */
    LIBRARY_MISSING,
    SERVICE_NOT_INSTALLED,
    SERVICE_STOPPED,
    /** It listens and hangs up on us: polkit. */
    SERVICE_REFUSES,
    REMOTE_REDIRECTED,
    REMOTE_FORWARDED,
    NO_READER,
    /** Plugged in, and pcscd does not see it. */
    READER_WITHOUT_DRIVER,
    /** A kernel driver holds it. */
    READER_TAKEN,
    NO_ROLE,
    /** One of two of a model, with different roles. */
    READERS_ALIKE,
    RESIDENT,
    SHARED,
    EMPTY,
    MUTE,
    LOCKED,
    CARD;

    /** Nothing to be done about it. */
    boolean isFine() {
      return this == OK || this == RESIDENT || this == SHARED || this == REMOTE_FORWARDED;
    }

    /** Not curable with a card in the hand. */
    boolean isEnvironment() {
      return switch (this) {
        case LIBRARY_MISSING,
            SERVICE_NOT_INSTALLED,
            SERVICE_STOPPED,
            SERVICE_REFUSES,
            REMOTE_REDIRECTED,
            NO_READER,
            READER_WITHOUT_DRIVER,
            READER_TAKEN,
            NO_ROLE,
            READERS_ALIKE ->
            true;
        case OK, REMOTE_FORWARDED, RESIDENT, SHARED, EMPTY, MUTE, LOCKED, CARD -> false;
      };
    }
  }

  /**
   * One line.
   *
   * @param check service, session, reader or card
   * @param subject the reader it is about, or empty
   * @param failure what is wrong with the card, for {@link Code#CARD} only, else NO_CARD
   * @param detail for the expert
   */
  record Finding(String check, String subject, Code code, CardFailure failure, String detail) {
    static Finding of(String check, String subject, Code code, String detail) {
      return new Finding(check, subject, code, CardFailure.NO_CARD, detail);
    }

    /** The stable code: ours, or the card failure's. */
    String name() {
      return code == Code.CARD ? failure.name() : code.name();
    }
  }

  private final ReaderRoles roles;
  private final List<Finding> findings = new ArrayList<>();

  private Diagnosis(ReaderRoles roles) {
    this.roles = roles;
  }

  static List<Finding> run(ReaderRoles roles) {
    Diagnosis diagnosis = new Diagnosis(roles);
    diagnosis.session(RemoteSession.current());
    diagnosis.service();
    return List.copyOf(diagnosis.findings);
  }

  private void session(RemoteSession session) {
    Code code =
        switch (session) {
          case LOCAL -> Code.OK;
          case REDIRECTED -> Code.REMOTE_REDIRECTED;
          case FORWARDED -> Code.REMOTE_FORWARDED;
        };
    add("session", "", code, session.name());
  }

  private void service() {
    try (PcscContext context = PcscContext.establish()) {
      List<String> names = context.readers();
      add("service", "", Code.OK, "");
      if (names.isEmpty()) {
        noReader(UsbReaders.list());
      } else {
        readers(context, names);
        // The usual case: one reader works, and the new one beside it is not seen.
        unused(UsbReaders.list()).forEach(findings::add);
      }
    } catch (CardException e) {
      add("service", "", stopped(), String.valueOf(e.getMessage()));
    }
  }

  /** Why the service does not answer. */
  private static Code stopped() {
    if (!PcscContext.hasLibrary()) {
      return Code.LIBRARY_MISSING;
    }
    if (!System.getProperty("os.name", "").startsWith("Linux")) {
      return Code.SERVICE_STOPPED;
    }
    if (accepts(socket())) {
      // It listens, and hangs up when polkit tells it to.
      return Code.SERVICE_REFUSES;
    }
    return Files.exists(Path.of("/usr/sbin/pcscd"))
        ? Code.SERVICE_STOPPED
        : Code.SERVICE_NOT_INSTALLED;
  }

  /** Where pcsc-lite's clients look. */
  private static Path socket() {
    return Path.of(System.getenv().getOrDefault("PCSCLITE_CSOCK_NAME", "/run/pcscd/pcscd.comm"));
  }

  private static boolean accepts(Path socket) {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      return channel.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Readers that are plugged in beside working ones and that the card service does not hold. */
  static List<Finding> unused(List<UsbReaders.Plugged> plugged) {
    return plugged.stream()
        .filter(reader -> !reader.isHeldByTheService())
        .map(Diagnosis::unseen)
        .toList();
  }

  private static Finding unseen(UsbReaders.Plugged reader) {
    return Finding.of(
        "reader",
        reader.product(),
        reader.isTaken() ? Code.READER_TAKEN : Code.READER_WITHOUT_DRIVER,
        reader.driver());
  }

  private void noReader(List<UsbReaders.Plugged> plugged) {
    plugged.forEach(reader -> findings.add(unseen(reader)));
    if (plugged.isEmpty()) {
      add("reader", "", Code.NO_READER, "");
    }
  }

  private void readers(PcscContext context, List<String> names) throws CardException {
    boolean usable = false;
    for (String name : names) {
      ReaderRole role = roles.roleOf(name);
      usable |= role != ReaderRole.RESIDENT;
      Code code =
          role == ReaderRole.STAFF
              ? Code.OK
              : role == ReaderRole.SHARED ? Code.SHARED : Code.RESIDENT;
      boolean alike = role != ReaderRole.RESIDENT && roles.isConfusable(name, names);
      add("reader", name, alike ? Code.READERS_ALIKE : code, role.code());
    }
    if (!usable) {
      add("reader", "", Code.NO_ROLE, "");
    }
    for (ReaderState state : context.states(roles)) {
      if (!roles.isConfusable(state.reader(), names)) {
        card(state);
      }
    }
  }

  private void card(ReaderState state) {
    String name = state.reader();
    if (state.isMute()) {
      add("card", name, Code.MUTE, "");
    } else if (!state.isPresent()) {
      add("card", name, Code.EMPTY, "");
    } else if (state.isExclusive()) {
      add("card", name, Code.LOCKED, "exclusive");
    } else {
      // Without a prompt a shared reader is granted to nobody.
      roles.grant(name).ifPresent(this::read);
    }
  }

  private void read(GrantedReader reader) {
    CardReading reading;
    // Its own connection: a card that another program holds makes the connection useless.
    try (PcscContext context = PcscContext.establish();
        PcscCard card = context.connect(reader)) {
      reading = new PivCard(card, PATIENCE).read();
    } catch (CardException e) {
      reading = new CardReading.Refused(e.failure(), String.valueOf(e.getMessage()));
    }
    if (reading instanceof CardReading.Refused refused) {
      boolean busy = refused.failure() == CardFailure.CARD_BUSY;
      findings.add(
          new Finding(
              "card",
              reader.name(),
              busy ? Code.LOCKED : Code.CARD,
              refused.failure(),
              refused.detail()));
      return;
    }
    CardReading.Present card = (CardReading.Present) reading;
    Instant now = Instant.now();
    boolean current =
        !now.isBefore(card.certificate().getNotBefore().toInstant())
            && !now.isAfter(card.certificate().getNotAfter().toInstant());
    String detail = "tries " + card.triesLeft();
    if (card.triesLeft() == 0) {
      findings.add(new Finding("card", reader.name(), Code.CARD, CardFailure.PIN_BLOCKED, detail));
    } else if (!current) {
      findings.add(new Finding("card", reader.name(), Code.CARD, CardFailure.CERT_EXPIRED, detail));
    } else if (card.triesLeft() == 1) {
      findings.add(new Finding("card", reader.name(), Code.CARD, CardFailure.PIN_LAST_TRY, detail));
    } else {
      add("card", reader.name(), Code.OK, detail);
    }
  }

  private void add(String check, String subject, Code code, String detail) {
    findings.add(Finding.of(check, subject, code, detail));
  }
}
