package jp.sekisho.protocol;

/**
 * Every expected "no" of Sekisho, with the HTTP status that carries it.
 *
 * <p>The names are stable: they stand in the log, in answers and in manuals. {@link RefusalText}
 * says each one to a person in Japanese and English: what happened, why, what to do, whom to call.
 * A refusal is a value, never an exception.
 *
 * <p>Over 400 lines, for it is the one list of them.
 */
public enum Refusal {
  // Reader and card
  /** No reader of role STAFF or SHARED is connected. */
  NO_READER(409),
  /** No card in the staff reader. */
  NO_CARD(409),
  /** The card is not a PIV card; nothing of it is kept. */
  UNKNOWN_CARD(409),
  /** The card left the reader during the login. */
  CARD_REMOVED(409),
  /** Another program holds the card. */
  CARD_BUSY(409),
  /** The card answered in a way its standard does not allow. */
  CARD_FAILED(409),
  /** The PC/SC service does not run. */
  CARD_SERVICE_DOWN(503),
  /** VERIFY failed; tries left are known. */
  PIN_WRONG(403),
  /** One try is left and the person did not confirm it. */
  PIN_LAST_TRY(409),
  /** No tries left. */
  PIN_BLOCKED(403),
  /** Not 6 to 8 digits; the card was not asked and no try was used. */
  PIN_FORMAT(400),
  /** The person closed the PIN window or let it time out. */
  PIN_CANCELLED(409),
  /** The system's own PIN prompt cannot be shown. */
  PROMPT_UNAVAILABLE(503),
  /** The reader has the role 住民用; nothing is ever sent to it. */
  READER_FOR_RESIDENTS(403),
  // Certificate and registration
  /** Outside the validity of the card's certificate. */
  CERT_EXPIRED(403),
  /** No path to the pinned root of that card kind. */
  CERT_UNTRUSTED(403),
  /** Key usage, policy or key strength is not that of a staff card. */
  CERT_USAGE(403),
  /** The certificate is revoked. */
  CERT_REVOKED(403),
  /** No fresh revocation data: fail closed. */
  REVOCATION_UNKNOWN(503),
  /** A genuine card that is registered for nobody here. */
  NOT_ENROLLED(403),
  /** The card signs without its PIN, or attests what does not hold. */
  CARD_UNPROVED(403),
  /** The signed policy does not let cards of this kind log in. */
  CARD_KIND_POLICY(403),
  /** The card's key is registered already. */
  CARD_TAKEN(409),
  /** The certificate names another staff number; of a temporary card, one or none at all. */
  CARD_OTHER_NUMBER(403),
  /** What the login leads to takes no card of low assurance (低保証), so no temporary one. */
  ASSURANCE_LOW(403),
  /** The card is suspended or revoked in the register. */
  AUTHENTICATOR_SUSPENDED(403),
  /** Not employed, suspended, or no current post. */
  PERSON_NOT_CURRENT(403),
  /** A signature does not verify. */
  SIGNATURE_INVALID(403),
  // Passkey
  /** The person cancelled, let the time pass, or has no passkey for this service at hand. */
  PASSKEY_CANCELLED(409),
  /** No passkey of this id is registered here, or it was removed. */
  PASSKEY_UNKNOWN(403),
  /** What the authenticator answered does not hold: challenge, origin, RP ID, user verification. */
  PASSKEY_INVALID(403),
  /** Its counter went back: the passkey was copied, or its authenticator was reset. */
  PASSKEY_COUNTER(403),
  /** Not a listed model (any more), or its attestation does not lead to that model's maker. */
  PASSKEY_MODEL(403),
  /** The signed policy does not name passkeys among the login's factors. */
  PASSKEY_POLICY(403),
  /** A passkey that can leave its authenticator (backup-eligible). */
  PASSKEY_SYNCED(403),
  /** The authenticator holds a registered passkey already. */
  PASSKEY_TAKEN(409),
  /** The action needs card and PIN anew: at most five minutes ago, and for this very action. */
  STEP_UP_NEEDED(403),
  /** A passkey's answer for which no terminal of ours vouches. */
  TERMINAL_NONE(403),
  // Transaction
  /** A signed text is malformed or says something else than the transaction. */
  STATEMENT_INVALID(400),
  /** No such transaction. */
  TRANSACTION_UNKNOWN(404),
  /** Older than 90 seconds. */
  TRANSACTION_EXPIRED(410),
  /** Answered already: a replay. */
  TRANSACTION_USED(409),
  /** Another terminal fetched it first. */
  TRANSACTION_BOUND(409),
  /** The answer came without the cookie of the browser that asked. */
  PRELOGIN_COOKIE(403),
  /** The page's origin is not on the list, or not the transaction's. */
  ORIGIN_FOREIGN(403),
  /** The loopback caller belongs to no seat of this terminal. */
  PEER_FOREIGN(403),
  /** Browser and terminal come from different addresses. */
  ADDRESS_MISMATCH(403),
  // Terminal
  /** Enrolled, not yet confirmed by an administrator. */
  TERMINAL_PENDING(403),
  /** The terminal's registration was removed. */
  TERMINAL_REVOKED(403),
  /** The terminal can be heard, but its records have not arrived for three intervals. */
  TERMINAL_SILENT(409),
  /** A route of the agents' port without a client certificate. */
  DEVICE_CERT_MISSING(401),
  /** A client certificate that our device CA did not issue, or for another purpose. */
  DEVICE_CERT_FOREIGN(401),
  /** An expired device certificate: only renew is open, for 30 days. */
  DEVICE_CERT_EXPIRED(401),
  /** Unknown, expired or used ticket. */
  TICKET_INVALID(403),
  /** The certificate request is malformed, weak or does not verify. */
  CSR_INVALID(400),
  /** An event batch with a hole. */
  EVENT_GAP(409),
  /** Same sequence number, other content: a clone or a rolled-back disk. */
  EVENT_FORK(409),
  /** The service's log does not continue the checkpoint that a terminal keeps. */
  LOG_FORK(409),
  /** An event that is not canonical or not of that terminal. */
  EVENT_INVALID(400),
  // Relying services (single sign-on)
  /** A relying service asked for another realm than the one it is registered for. */
  SERVICE_REALM(403),
  /** The registration of a relying service was removed. */
  SERVICE_REVOKED(403),
  // Signed policy
  /** The signed policy of this terminal does not let anybody log in like this. */
  LOGIN_POLICY(403),
  /** No root file has the hash this terminal pinned at its enrolment, or it pinned none. */
  ROOT_NOT_PINNED(409),
  /** No signed policy was imported, or none has arrived yet. */
  POLICY_MISSING(404),
  /** Not signed by as many of the right keys as the root demands. */
  POLICY_SIGNATURE(403),
  /** Older than what is trusted already. */
  POLICY_OLDER(409),
  /** Past its expiry, or issued in the future. */
  POLICY_EXPIRED(409),
  /** Files that do not belong together: other hash, other kind, other organ. */
  POLICY_MISMATCH(409),
  /** A signed file, or the set of them, does not have its one form. */
  POLICY_MALFORMED(400),
  /** A layer that this terminal obeys was left out. */
  POLICY_LAYER_MISSING(409),
  /** A layer of another organ, of terminals that are others, or one there twice. */
  POLICY_LAYER_FOREIGN(409),
  /** Signed by the delegate of one organ for another, or for all. */
  POLICY_DELEGATE(403),
  /** It revokes more keys than a terminal holds for one online key. */
  POLICY_REVOCATIONS(409),
  // Session
  /** No session. */
  SESSION_NONE(401),
  /** Card removed, locked or silent: the same person's card + PIN resumes. */
  SESSION_SUSPENDED(423),
  /** Ended: logout, time limit, another person's login or revocation. */
  SESSION_ENDED(401),
  /** Unlock by another person's card. */
  SESSION_OTHER_PERSON(403),
  /** No open session of this name, or not one that the asker may end. */
  SESSION_UNKNOWN(404),
  /** A state-changing request without the page's own origin. */
  CROSS_SITE(403),
  /** A browser reports that it kept a page of ours from something its policy does not allow. */
  CSP_VIOLATION(403),
  /** The person has no role that allows this. */
  ROLE_MISSING(403),
  // USB and media
  /** Storage is blocked unless a grant opens it. */
  USB_STORAGE(403),
  /** A device with an interface that nobody allowed here. */
  USB_CLASS(403),
  /** Descriptors that are truncated, lie about their length or cannot be read. */
  USB_MALFORMED(403),
  /** A further keyboard while another one is present. */
  USB_KEYBOARD_WAITS(403),
  /** The system serves it as something else than it said it is, such as a disk or a network. */
  USB_DRIVER(403),
  /** The gates of this terminal do not hold, so it opens nothing. */
  NOT_ENFORCING(503),
  /** The medium is at no port of this terminal. */
  MEDIUM_ABSENT(409),
  /** Another device, or the same one with other descriptors, is at the port. */
  MEDIUM_CHANGED(409),
  /** Not exactly one volume, or none in time. */
  MEDIUM_UNUSABLE(409),
  /** A file system that is not read here. */
  MEDIUM_FILE_SYSTEM(409),
  /** The operating system did not open it read-only. */
  MEDIUM_NOT_OPENED(503),
  // Exceptions (電磁的記録媒体等使用許可)
  /** A field of the request is missing or not of its form. */
  GRANT_INCOMPLETE(400),
  /** The request has no end, so it cannot exist. */
  GRANT_WITHOUT_END(400),
  /** Longer than the policy allows, in days or in minutes. */
  GRANT_TOO_LONG(400),
  /** It ends before it starts, or is over already. */
  GRANT_PERIOD(400),
  /** A deputy decides nothing that is the represented approver's own. */
  DEPUTY_OWN(403),
  /** No place in an order of deputies: days, rank, person or document do not fit. */
  DEPUTY_INVALID(400),
  /** No absence: times or person do not fit. */
  ABSENCE_INVALID(400),
  /** An exceptional measure without a last day. */
  MEASURE_WITHOUT_END(400),
  /** Its days do not follow on one another, or it would be over already. */
  MEASURE_PERIOD(400),
  /** It would go on beyond the fiscal year in which it begins. */
  MEASURE_BEYOND_YEAR(400),
  /** A field of an exceptional measure is missing or has a wrong form. */
  MEASURE_INCOMPLETE(400),
  /** No such terminal, division or rule here, or no measure of that number to renew. */
  MEASURE_SUBJECT(409),
  /** No such exceptional measure. */
  MEASURE_UNKNOWN(404),
  /** Decided, withdrawn, reviewed, renewed or ended already; this step is not possible any more. */
  MEASURE_DECIDED(409),
  /** Past its last day. */
  MEASURE_OVER(409),
  /** A field of a case of 漏えい等 is missing or has a wrong form. */
  BREACH_INCOMPLETE(400),
  /** First knowledge or a report in the future, or a report before the first knowledge. */
  BREACH_TIME(400),
  /** No such exception, lost medium, emergency or entry here. */
  BREACH_ORIGIN(409),
  /** No such case of 漏えい等. */
  BREACH_UNKNOWN(404),
  /** Ten cases of 漏えい等 in 24 hours; further ones are opened by card. */
  BREACH_MANY(429),
  /** Closed, reported or written anew already; this step is not possible any more. */
  BREACH_STATE(409),
  /** A case ends after both reports, or with the reason why none is due. */
  BREACH_UNREPORTED(409),
  /** An extension that makes nothing longer. */
  GRANT_NOT_LONGER(400),
  /** A series whose times overlap, are too few or many, or go beyond the fiscal year. */
  GRANT_SERIES(400),
  /** An earlier occurrence of the series is not returned or not reported. */
  GRANT_SERIES_STOPPED(409),
  /** Nobody confirmed yet that the series goes on in this month. */
  GRANT_UNCONFIRMED(409),
  /** The text holds what could be a 個人番号. */
  GRANT_CONTENT(400),
  /** The person who would use it is not a current member of that 機関. */
  GRANT_PERSON(409),
  /** The terminal is unknown, not active or of another 機関. */
  GRANT_TERMINAL(409),
  /** The medium is not registered for that 機関, or was withdrawn. */
  GRANT_MEDIUM(409),
  /** No such request or grant. */
  GRANT_UNKNOWN(404),
  /** Decided, withdrawn, revoked or closed already; this step is not possible any more. */
  GRANT_DECIDED(409),
  /** Past its end. */
  GRANT_OVER(410),
  /** The signed policy of that terminal lets nobody ask for this. */
  GRANT_CAPABILITY(403),
  /** What passes is not said, or not in its form: recipient, files, bytes or names. */
  GRANT_EXPORT(400),
  /** Something that the policy demands of every request is not said. */
  GRANT_FIELDS(400),
  /** The recipient is not in the signed policy. */
  GRANT_RECIPIENT(403),
  /** More files than the policy lets leave or come in under one exception. */
  GRANT_FILES(400),
  /** More data than the policy lets pass under one exception. */
  GRANT_BYTES(400),
  /** Nobody stands by where somebody must, or it is the person or nobody who works here. */
  GRANT_ATTENDANT(403),
  /**
   * What two persons approve, where somebody stands by, or by which anything passes is neither
   * repeated nor extended.
   */
  GRANT_BY_TWO(409),
  /** The requester, or the person who would use it, decides about it. */
  APPROVAL_OWN(403),
  /** The second approval is by the same person, by the same card, or by who stands by. */
  APPROVAL_TWICE(403),
  /**
   * The first of two approvals counts no more: its approver is not one any more, or its signature
   * is not that card's over this text.
   */
  APPROVAL_FIRST(409),
  /** Two approvals are needed and one is there. */
  APPROVAL_SECOND(409),
  /** The card approved another text than the one stored. */
  APPROVAL_TEXT(409),
  /** The card is not among the approvers of the signed policy. */
  APPROVER_UNLISTED(403),
  /** The approver's card is 低保証: hardware and PIN binding are not proved. */
  APPROVER_LOW(403),
  /** Activation by another terminal than the grant names. */
  GRANT_ELSEWHERE(403),
  /** Before its start. */
  GRANT_EARLY(409),
  /** The person it is for has no live session at that terminal. */
  GRANT_NO_SESSION(409),
  /** Activated already: once per approval. */
  GRANT_ACTIVATED(409),
  /** The plugged medium is not the one the grant names. */
  MEDIUM_OTHER(403),
  /** A medium's number, its fingerprint or the document named is not of its form. */
  MEDIUM_FORM(400),
  /** The medium's id or its identity is registered already. */
  MEDIUM_TAKEN(409),
  /** No medium of that number is registered for the 機関, or it is disposed of already. */
  MEDIUM_UNKNOWN(404),
  /** An exception still needs the medium, or it is out. */
  MEDIUM_IN_USE(409),
  /** It is out or lost already, or was not out; or the day it is due is past or too far ahead. */
  MEDIUM_PLACE(409),
  // Exceptions, as a terminal checks them itself
  /** The offered grant, or the answer to its activation, is not of its form. */
  GRANT_INVALID(400),
  /** The card in the reader is not the one of the person the grant is for. */
  GRANT_OTHER_CARD(403),
  /** Two media with one identity are plugged in. */
  MEDIUM_TWICE(409),
  /** What was read back from the medium is not what was written to it. */
  EXPORT_MISMATCH(503),
  /** The file's name is not one that may leave: not of its form, or not in the approved text. */
  EXPORT_NAME(400),
  /** More files or more bytes than the grant has left; what was begun counts. */
  EXPORT_OVER(409),
  /** The file could not be read to its end, is not as long as was said, or nobody hands it over. */
  EXPORT_SOURCE(409),
  /** The medium is full, write-protected, or failed while it was written. */
  EXPORT_MEDIUM(503),
  /** The writing was broken off: card, seat, deadline, medium, revocation, or the agent's end. */
  EXPORT_BROKEN_OFF(409),
  /** That exception or that medium is in use just now. */
  EXPORT_RUNNING(409),
  /** The passphrase could not be shown, or nobody said that they have it. */
  EXPORT_PASSPHRASE(409),
  /** The policy lets nothing of this over the boundary between two programs. */
  CLIPBOARD_BOUNDARY(403),
  /** What would cross the boundary may hold a 個人番号, or could not be searched for one. */
  CLIPBOARD_NUMBER(403),
  /** More would cross the boundary than was approved. */
  CLIPBOARD_OVER(409),
  /** The agent's service did not decide about a paste, or could not record it. */
  CLIPBOARD_UNDECIDED(503),
  /** Nothing held the clipboard for a while. */
  CLIPBOARD_GAP(503),
  /** A certificate of the recipient in the signed policy has a key that nothing is encrypted to. */
  EXPORT_RECIPIENT_KEY(503),
  /** What this terminal kept of earlier exports is damaged or cannot be stored: nothing leaves. */
  EXPORT_COUNTS(503),
  // Media that are taken in, as a terminal checks them itself
  /** Not exactly one medium is plugged in: none tells which is to be taken in. */
  IMPORT_MEDIA(409),
  /** The medium failed while it was read, or has more names than are looked at. */
  IMPORT_MEDIUM(503),
  /** More files or bytes are on the medium than the grant has left. */
  IMPORT_OVER(409),
  /** The terminal's disk has no room for the quarantine. */
  IMPORT_SPACE(503),
  /** No virus scanner is configured, or it does not answer as one should. */
  IMPORT_SCANNER(503),
  /** The scanner's signatures are older than allowed, or their age is not known. */
  IMPORT_SIGNATURES(503),
  /** The scanner found something in the file. */
  IMPORT_VIRUS(409),
  /** The scanner did not judge this file: an error, a limit or no answer in time. */
  IMPORT_UNSCANNED(503),
  /** The file is larger than what is scanned whole. */
  IMPORT_LARGE(409),
  /** The content is of no kind that the policy lets in, or is not whole. */
  IMPORT_KIND(409),
  /** The name says another kind than the content is. */
  IMPORT_DISGUISED(409),
  /** It can run something, or hides something: macros, scripts, embedded files, encryption. */
  IMPORT_ACTIVE(409),
  /** A name that no file here may have, a link, a device, or too deep a folder. */
  IMPORT_NAME(400),
  /** The clerk's process could not put the file down, or ended. */
  IMPORT_TARGET(409),
  /** What the clerk's process has is not what was released. */
  IMPORT_MISMATCH(503),
  /** Broken off: card, seat, deadline, medium, revocation, or the agent's end. */
  IMPORT_BROKEN_OFF(409),
  /** Another import is running at this terminal. */
  IMPORT_RUNNING(409),
  /** What this terminal kept of earlier imports is damaged or cannot be stored. */
  IMPORT_COUNTS(503),
  /** Clocks of terminal and service contradict each other. */
  CLOCK_DOUBTFUL(503),
  // Logins at a terminal without its service
  /** The service can be reached: then people log in there. */
  OFFLINE_ONLINE(409),
  /** What the terminal kept of its last contact is missing, damaged or older than its records. */
  OFFLINE_UNKNOWN(503),
  /** The terminal's clock went back, stood still or was moved since the last contact. */
  OFFLINE_CLOCK(503),
  /** The signed policy allows none, or the limits since the last contact are over. */
  OFFLINE_POLICY(403),
  /** A fiscal year began since the last contact: posts and contracts may have ended. */
  OFFLINE_YEAR(403),
  /** The card is on no list, or of low assurance, or did not log in here online lately. */
  OFFLINE_PERSON(403),
  // 緊急時の例外措置, as a terminal without its service checks it, and its report afterwards
  /** The service can be reached: then exceptions are asked for there. */
  EMERGENCY_ONLINE(409),
  /** The signed policy allows none, or none for that medium. */
  EMERGENCY_POLICY(403),
  /** Longer than the signed policy allows. */
  EMERGENCY_TOO_LONG(400),
  /** Not two approvers signed in time. */
  EMERGENCY_APPROVERS(403),
  /** The second approval is the first approver's. */
  EMERGENCY_SAME(403),
  /** Nobody, or somebody else, is logged in at the seat that asks. */
  EMERGENCY_NO_SESSION(403),
  /** Another one is being asked for, or is open. */
  EMERGENCY_BUSY(409),
  /** No such case of the 機関. */
  EMERGENCY_UNKNOWN(404),
  /** Reported or confirmed already, or not reported yet. */
  EMERGENCY_STATE(409),
  /** Who reported it, or used it, does not confirm it. */
  EMERGENCY_OWN(403),
  /** The report lacks who, what or the document number, or is too long. */
  EMERGENCY_REPORT(400),
  // Directory (発令)
  /** The personnel file has faults; none of it was taken. */
  ORDER_INVALID(400),
  /** An office would be empty on some day: no successor is named. */
  ORDER_UNDERSTAFFED(409),
  /** There is no such order, its effect has begun, or a later one builds on it. */
  ORDER_NOT_UNDOABLE(409),
  /** The person has several posts here and has not chosen one. */
  POST_NEEDED(409),
  /** The temporary card, or the person's, is out already. */
  TEMPORARY_OUT(409),
  /** No such temporary card is in the stock. */
  TEMPORARY_UNKNOWN(404),
  /** It is not out: it is back already. */
  TEMPORARY_BACK(409),
  /** Nobody attests the own identity. */
  TEMPORARY_OWN(403),
  /** The day of the temporary card is over. */
  TEMPORARY_EXPIRED(403),
  /** At the desk one works with a card that is not 低保証 and no temporary one. */
  DESK_LOW(403),
  /** Nobody of this number belongs to the 機関 of who asks. */
  DESK_PERSON(404),
  /** The halves of a PUK are typed by two people, neither of them the holder. */
  HALVES_TOGETHER(409),
  /** No card of that person with that key waits for a second word (any more). */
  CONFIRM_UNKNOWN(404),
  /** A further card is confirmed by its holder or the holder's 所属長, never by who asked for it. */
  CONFIRM_SUPERIOR(403),
  // First start (初期設定)
  /** Until the first start is finished only administrators log in, and nothing is asked for. */
  SETUP_OPEN(403),
  /** Not the code, or it is used up or too old. */
  SETUP_CODE(403),
  /** Nobody entered the code in this browser, or too long ago. */
  SETUP_SESSION(401),
  /** There is one already: the code does not reach so far. */
  SETUP_TAKEN(409),
  /** The terminal shows another fingerprint, or none was enrolled with the ticket yet. */
  SETUP_FINGERPRINT(409),
  /** Offices are empty, or one person holds several. */
  SETUP_UNFINISHED(409),
  // Chain of records
  /** The service acknowledges another record than this terminal wrote. */
  ACK_MISMATCH(500),
  /** The end of the records was torn by a power cut and cut off. */
  SPOOL_TORN(500),
  /** The service holds fewer records than it acknowledged. */
  SERVER_REGRESSED(500),
  // Service and input
  /** Over the size limit of the route. */
  INPUT_TOO_LARGE(413),
  /** The log does not fit the file that was asked for. */
  LOG_TOO_LARGE(409),
  /** The log has as many legal holds as it can. */
  HOLDS_FULL(409),
  /** Not of the form the route demands. */
  INPUT_MALFORMED(400),
  /** No such route or thing. */
  NOT_FOUND(404),
  /** A rate limit. */
  TOO_MANY(429),
  /**
   * An Idempotency-Key that came with another request before, or whose request is still at work.
   */
  KEY_REUSED(409),
  /** A security row fails its MAC. */
  STATE_TAMPERED(500),
  /** The change and its entry could not be made durable, so nothing was done. */
  STORAGE_FAILED(503),
  /** The terminal's own records have no room left or fail: nothing happens that needs one. */
  RECORDS_FULL(503),
  /** An act was begun and ended without success; nothing is known to have changed. */
  ACT_FAILED(409),
  /** The agent cannot reach the service. */
  SERVER_UNREACHABLE(503),
  /** The page cannot reach the agent of this terminal. */
  AGENT_UNREACHABLE(503),
  /** An error that nobody foresaw; nothing was done. */
  INTERNAL(500);

  private final int httpStatus;

  Refusal(int httpStatus) {
    this.httpStatus = httpStatus;
  }

  /** The HTTP status of an answer that carries this refusal, 400–599. */
  public int httpStatus() {
    return httpStatus;
  }
}
