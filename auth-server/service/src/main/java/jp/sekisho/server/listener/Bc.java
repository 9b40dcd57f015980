package jp.sekisho.server.listener;

import java.security.Provider;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Bouncy Castle, named where EC is computed and never inserted into the JVM's list.
 *
 * <p>Inserted first it would replace SUN's caching certificate factory, which costs RSA paths most
 * of their speed.
 */
public final class Bc {
  /** The one instance; thread-safe. */
  public static final Provider PROVIDER = new BouncyCastleProvider();

  private Bc() {}
}
