package jp.sekisho.policy.login;

import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import jp.sekisho.protocol.CardKind;
import org.jspecify.annotations.Nullable;

/**
 * A login whose factors were proved, before the policy is asked.
 *
 * @param factors the two factors; null for one factor, or for what is not known
 * @param card kind of the card; null without one
 * @param sameAddress browser and terminal have one address
 * @param at local time of the terminal; null when its clock is doubtful
 * @param offline what is known of the time without the service; null when the service answered
 */
public record LoginAttempt(
    @Nullable LoginFactors factors,
    @Nullable CardKind card,
    boolean sameAddress,
    @Nullable LocalDateTime at,
    @Nullable Offline offline) {

  /**
   * A time without the service.
   *
   * @param lastContact day of the last contact with the service
   * @param lastOnlineLogin day of this person's last online login at this terminal
   * @param poweredOn time powered on since the last contact
   * @param boots boots since the last contact
   */
  public record Offline(
      LocalDate lastContact, LocalDate lastOnlineLogin, Duration poweredOn, int boots) {}
}
