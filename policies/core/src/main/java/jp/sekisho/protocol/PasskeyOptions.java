package jp.sekisho.protocol;

import java.util.List;

/**
 * What a page needs to have a passkey made: the answer to {@code POST /api/v1/passkeys/options}.
 *
 * @param challenge base64url of 32 bytes, for one registration
 * @param rpId host of the service
 * @param user base64url of the person's handle, which says nothing of the person
 * @param name the person's staff number, shown by the authenticator
 * @param exclude ids of the person's passkeys, so that one authenticator holds one
 * @param algorithms COSE algorithm numbers, the preferred one first
 */
public record PasskeyOptions(
    String challenge,
    String rpId,
    String user,
    String name,
    List<String> exclude,
    List<Integer> algorithms) {
  public PasskeyOptions {
    exclude = List.copyOf(exclude);
    algorithms = List.copyOf(algorithms);
  }
}
