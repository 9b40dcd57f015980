package jp.sekisho.protocol;

/**
 * A relying service asks for the state of the terminal of one of its sessions: {@code POST
 * /agent/v1/services/terminals/state}.
 *
 * @param realm the registered realm
 * @param session the relying service's id of a session that we vouched for
 * @param source address of the browser as the service sees it, without a name lookup
 */
public record RelyingTerminalAsk(String realm, String session, String source) {}
