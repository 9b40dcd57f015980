package jp.sekisho.agent.enroll;

import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import jp.sekisho.agent.config.AgentSettings;
import jp.sekisho.agent.config.DeviceKey;
import jp.sekisho.agent.config.Heard;
import jp.sekisho.agent.config.StateDirectory;
import jp.sekisho.agent.config.StateException;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.agent.sync.PinnedTls;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.agent.sync.ServiceClient;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.EnrollReply;
import jp.sekisho.protocol.EnrollRequest;
import jp.sekisho.protocol.EnrollmentTicket;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.smartcard.pcsc.ReaderRoles;

/**
 * Exchanges a ticket for this terminal's certificate.
 *
 * <p>Can be repeated after any failure: the key is stored before it is first shown and is used
 * again, and the settings, whose presence means "enrolled", are stored last.
 *
 * @param state where everything is stored
 * @param readerRoles which reader serves whom; the local administrator's word, and the only one
 * @param loopbackPort see {@link AgentSettings#loopbackPort}
 * @param agentVersion told to the service
 * @param timeout longest call
 */
public record Enrollment(
    StateDirectory state,
    List<ReaderRoles.Rule> readerRoles,
    int loopbackPort,
    String agentVersion,
    Duration timeout) {
  public Enrollment {
    readerRoles = List.copyOf(readerRoles);
  }

  /** Enrols with the text of a ticket, which is a secret until used. */
  public EnrollOutcome enroll(String ticketText) throws StateException, SpoolException {
    if (state.isEnrolled()) {
      return new EnrollOutcome.AlreadyEnrolled(state.settings().terminal());
    }
    EnrollmentTicket ticket;
    try {
      ticket = EnrollmentTicket.parse(ticketText);
    } catch (MalformedException | IllegalArgumentException e) {
      return new EnrollOutcome.NotATicket();
    }
    state.create();
    DeviceKey key = keyForEver();
    PinnedTls.FirstContact contact = new PinnedTls.FirstContact(ticket.serverCaHash());
    ServiceClient client = new ServiceClient(ticket.url(), PinnedTls.context(contact), timeout);
    Reply<EnrollReply> reply =
        client.enroll(
            new EnrollRequest(
                ticket.token(), Base64Url.encode(key.certificateRequest()), agentVersion));
    if (reply instanceof Reply.Refused<EnrollReply> no) {
      return new EnrollOutcome.Refused(no);
    }
    Optional<X509Certificate> serverCa = contact.ca();
    if (!(reply instanceof Reply.Ok<EnrollReply> ok) || serverCa.isEmpty()) {
      return contact.mismatch()
          ? new EnrollOutcome.ForeignServer()
          : new EnrollOutcome.Unreachable(
              reply instanceof Reply.Unreachable<EnrollReply> away ? away.why() : "no CA shown");
    }
    try {
      return store(ticket, ok.value(), key, serverCa.get());
    } catch (MalformedException | CertificateEncodingException e) {
      return new EnrollOutcome.BadAnswer(String.valueOf(e.getMessage()));
    }
  }

  /** The key of an enrolment that was cut off, or a new one; on disk before anybody sees it. */
  private DeviceKey keyForEver() throws StateException {
    Optional<DeviceKey> known = state.key();
    if (known.isPresent()) {
      return known.get();
    }
    DeviceKey key = DeviceKey.generate();
    state.storeKey(key);
    return key;
  }

  private EnrollOutcome store(
      EnrollmentTicket ticket, EnrollReply reply, DeviceKey key, X509Certificate serverCa)
      throws MalformedException, CertificateEncodingException, StateException, SpoolException {
    AgentSettings settings =
        new AgentSettings(
            ticket.url(),
            reply.terminal(),
            reply.organ(),
            Base64Url.encode(serverCa.getEncoded()),
            ticket.serverCaHash(),
            ticket.rootHash(),
            readerRoles.stream().map(rule -> rule.pattern() + "=" + rule.role().code()).toList(),
            loopbackPort,
            AgentSettings.FILE_KEY,
            true);
    state.storeCertificates(DeviceCertificates.of(reply, key));
    state.storeHeard(new Heard(reply.state(), reply.origins(), "", reply.helpLine()));
    if (!Spool.exists(state.spool())) {
      Spool.create(state.spool(), reply.terminal());
    }
    state.storeSettings(settings);
    return new EnrollOutcome.Done(
        reply.terminal(), reply.organ(), reply.state(), key.fingerprint());
  }
}
