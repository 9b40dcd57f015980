package jp.sekisho.agent.login;

import java.nio.file.Path;
import jp.sekisho.smartcard.pkcs11.TokenSelector;

/**
 * The one vendor module of a terminal and its token, by the administrator's word.
 *
 * @param library the PKCS#11 library; loaded in a process of its own
 * @param token which of its tokens
 */
public record VendorModule(Path library, TokenSelector token) {}
