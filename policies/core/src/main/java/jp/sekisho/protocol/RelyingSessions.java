package jp.sekisho.protocol;

/**
 * A relying service asks which of its sessions are over: {@code POST
 * /agent/v1/services/sessions/ended}.
 *
 * @param realm the registered realm
 * @param after milliseconds UTC; those that ended at this time or later are told
 */
public record RelyingSessions(String realm, long after) {}
