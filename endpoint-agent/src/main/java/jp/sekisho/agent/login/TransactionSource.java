package jp.sekisho.agent.login;

import jp.sekisho.agent.sync.Reply;
import jp.sekisho.protocol.TransactionDetails;

/** Where the details of a transaction come from: the service, never the page. */
public interface TransactionSource {
  /**
   * Fetches a transaction, which binds it to this terminal.
   *
   * @param transaction base64url of 16 bytes
   */
  Reply<TransactionDetails> fetch(String transaction);
}
