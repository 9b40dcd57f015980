package jp.sekisho.server.terminal;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.EnrollReply;
import jp.sekisho.protocol.EnrollRequest;
import jp.sekisho.protocol.Fingerprint;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.RenewRequest;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.Entry;
import jp.sekisho.protocol.event.TerminalEvent;
import jp.sekisho.server.listener.DeviceCa;
import jp.sekisho.server.listener.ListenerSettings;
import jp.sekisho.server.listener.PerMinute;
import jp.sekisho.server.storage.Change;
import jp.sekisho.server.storage.EntryReceipt;
import jp.sekisho.server.storage.Transactions;

/**
 * Turns a ticket into a certified device key, and an old certificate into a new one of the same
 * key. Thread-safe.
 *
 * <p>A token is consumed on success only, by one key: the same token with the same key answers the
 * same again (an agent may lose our answer), with another key it is refused and logged.
 */
@Singleton
public final class Enrolment {
  /** The wire does not say yet how a terminal keeps its key. */
  private static final String KEY_PROTECTION = "not-reported";

  private final Transactions transactions;
  private final Tickets tickets;
  private final TerminalRepository terminals;
  private final DeviceCa ca;
  private final ListenerSettings settings;
  private final PerMinute bound = new PerMinute();

  Enrolment(
      Transactions transactions,
      Tickets tickets,
      TerminalRepository terminals,
      DeviceCa ca,
      ListenerSettings settings) {
    this.transactions = transactions;
    this.tickets = tickets;
    this.terminals = terminals;
    this.ca = ca;
    this.settings = settings;
  }

  /** Answer to enrolment or renewal. */
  public sealed interface Outcome {
    /** Certified. */
    record Certified(EnrollReply reply) implements Outcome {}

    /**
     * Refused.
     *
     * @param logged whether an entry names the terminal; if not, the caller counts a stranger
     */
    record Refused(Refusal refusal, boolean logged) implements Outcome {}
  }

  /** A terminal's first words. */
  public Outcome enroll(EnrollRequest request) {
    byte[] token;
    try {
      token = Base64Url.decode(request.token(), 16);
    } catch (MalformedException e) {
      return new Outcome.Refused(Refusal.TICKET_INVALID, false);
    }
    Optional<DeviceCsr> csr = DeviceCsr.parse(request.csr());
    PerMinute.Call call = bound.call();
    return transactions.<Outcome, RuntimeException>write(change -> {
      Optional<Tickets.Invitation> invitation = tickets.find(change.handle(), token);
      if (invitation.isEmpty()) {
        change.unchanged();
        return new Outcome.Refused(Refusal.TICKET_INVALID, false);
      }
      if (csr.isEmpty()) {
        return refuse(change, call, invitation.get(), Refusal.CSR_INVALID);
      }
      return enroll(change, call, invitation.get(), csr.get());
    });
  }

  private Outcome enroll(
      Change change, PerMinute.Call call, Tickets.Invitation invitation, DeviceCsr csr) {
    String spkiHash = Sha256.text(csr.spki());
    Optional<Terminal> present = terminals.find(change.handle(), invitation.terminal());
    if (invitation.consumedSpki() != null) {
      boolean again =
          invitation.consumedSpki().equals(spkiHash)
              && present.isPresent()
              && Arrays.equals(present.get().spki(), csr.spki())
              && present.get().state() != Terminal.State.REVOKED;
      if (!again) {
        return refuse(change, call, invitation, Refusal.TICKET_INVALID);
      }
      change.unchanged();
      return certified(present.get(), change.now());
    }
    if (!change.now().isBefore(invitation.expires())
        || (present.isPresent() && present.get().state() != Terminal.State.REVOKED)) {
      return refuse(change, call, invitation, Refusal.TICKET_INVALID);
    }
    if (terminals.knowsKey(change.handle(), csr.spki())) {
      // One key is one terminal, for life: a second registration of it would be a clone.
      return refuse(change, call, invitation, Refusal.CSR_INVALID);
    }
    Terminal terminal =
        Terminal.enrolled(
            invitation.terminal(),
            invitation.organ(),
            csr.spki(),
            Fingerprint.of(csr.spki()),
            Certificates.issue(ca, invitation.terminal(), csr, change.now()),
            change.now());
    EntryReceipt entry =
        change.record(
            terminal.subject(), new TerminalEvent.Enrolled(terminal.fingerprint(), KEY_PROTECTION));
    terminals.save(change, terminal, entry);
    tickets.consume(change, invitation, spkiHash, entry);
    return certified(terminal, change.now());
  }

  private Outcome refuse(
      Change change, PerMinute.Call call, Tickets.Invitation invitation, Refusal refusal) {
    if (call.first(invitation.terminal() + ' ' + refusal, change.now())) {
      EntryReceipt _ =
          change.record(
              Entry.Subject.terminal(invitation.organ(), invitation.terminal()),
              new TerminalEvent.Refused(AgentRoute.ENROLL.text(), refusal));
    } else {
      change.unchanged();
    }
    return new Outcome.Refused(refusal, true);
  }

  /**
   * A new certificate of the same key.
   *
   * @param caller as the filter identified it
   */
  public Outcome renew(Terminal caller, RenewRequest request) {
    Optional<DeviceCsr> csr = DeviceCsr.parse(request.csr());
    PerMinute.Call call = bound.call();
    return transactions.<Outcome, RuntimeException>write(change -> {
      Terminal terminal = current(change, caller);
      if (terminal.state() != Terminal.State.ACTIVE) {
        change.unchanged();
        return new Outcome.Refused(
            terminal.state() == Terminal.State.REVOKED
                ? Refusal.TERMINAL_REVOKED
                : Refusal.TERMINAL_PENDING,
            false);
      }
      if (csr.isEmpty() || !Arrays.equals(csr.get().spki(), terminal.spki())) {
        if (call.first(terminal.id() + " renew", change.now())) {
          EntryReceipt _ =
              change.record(
                  terminal.subject(),
                  new TerminalEvent.Refused(AgentRoute.RENEW.text(), Refusal.CSR_INVALID));
        } else {
          change.unchanged();
        }
        return new Outcome.Refused(Refusal.CSR_INVALID, true);
      }
      Terminal renewed =
          terminal.with(Certificates.issue(ca, terminal.id(), csr.get(), change.now()));
      EntryReceipt entry =
          change.record(
              renewed.subject(), new TerminalEvent.Renewed(renewed.notAfter().toString()));
      terminals.save(change, renewed, entry);
      return certified(renewed, change.now());
    });
  }

  /** The caller's row as this unit sees it: another unit may have changed it since the filter. */
  private Terminal current(Change change, Terminal caller) {
    return terminals
        .find(change.handle(), caller.id())
        .filter(now -> Arrays.equals(now.spki(), caller.spki()))
        .orElseThrow(() -> new IllegalStateException("a terminal's key changed during its call"));
  }

  private Outcome certified(Terminal terminal, Instant now) {
    return new Outcome.Certified(
        new EnrollReply(
            terminal.id(),
            terminal.organ(),
            terminal.state().text(),
            List.of(
                Base64Url.encode(terminal.certificate()),
                Base64Url.encode(Certificates.der(ca.certificate()))),
            terminal.fingerprint(),
            settings.originTexts(),
            now.toString(),
            settings.helpLine()));
  }
}
