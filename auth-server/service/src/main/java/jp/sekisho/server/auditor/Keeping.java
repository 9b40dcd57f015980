package jp.sekisho.server.auditor;

import jp.sekisho.server.audit.Retentions;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.grant.OpenExceptions;

/** How long the logs of an installation are kept. */
public final class Keeping {
  private Keeping() {}

  /** Terms and holds; what open exceptions need stays as well. */
  public static Retentions of(Installation installation) {
    return new Retentions(
        installation.database(),
        installation.directory().keys(),
        installation.seal(),
        installation.logs(),
        installation.transactions(),
        installation.clock(),
        OpenExceptions::since);
  }
}
