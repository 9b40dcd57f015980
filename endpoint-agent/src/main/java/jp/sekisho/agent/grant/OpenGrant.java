package jp.sekisho.agent.grant;

import java.nio.file.Path;
import java.time.Instant;
import jp.sekisho.protocol.OpenExport;

/**
 * An open medium, for people to see.
 *
 * @param grant id
 * @param uid user who may read it
 * @param medium id of the registered medium
 * @param mountPoint where its files are
 * @param until by the service's clock
 * @param minutesLeft begun minutes until then, by the boot clock
 */
public record OpenGrant(
    String grant, int uid, String medium, Path mountPoint, Instant until, int minutesLeft) {

  /** As the login page sees it. */
  public OpenExport shown() {
    return new OpenExport(grant, medium, mountPoint.toString(), until.toString(), minutesLeft);
  }
}
