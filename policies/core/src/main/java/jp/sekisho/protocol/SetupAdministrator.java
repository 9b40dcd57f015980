package jp.sekisho.protocol;

/**
 * The first administrator of an installation: {@code POST /authn/v1/setup/administrator}.
 *
 * @param number staff number, which the card's certificate names
 * @param organ id of the 機関
 * @param division code of the 課
 * @param certificate base64url of the card's certificate file, DER or PEM
 */
public record SetupAdministrator(
    String number,
    String name,
    String organ,
    String division,
    String divisionName,
    String post,
    String certificate) {
  @Override
  public String toString() {
    return "SetupAdministrator[" + number + "]"; // no name in a trace
  }
}
