package jp.sekisho.server.grant;

import jp.sekisho.protocol.statement.ExportGrant;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of one exception: the request and, once it was approved, the grant.
 *
 * @param grant null unless the request's state is approved
 */
public record Dossier(Request request, @Nullable Grant grant) {
  /** base64url of 16 bytes. */
  public String id() {
    return request.id();
  }

  /** What was asked for. */
  public ExportGrant text() {
    return request.text();
  }

  /** The one word for where it stands. */
  public String state() {
    return grant == null ? request.state().text() : grant.state().text();
  }
}
