package jp.sekisho.smartcard.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyPairGeneratorSpi;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Worthless RSA keys for tests, as a generator that Java asks before its own: of 2048 and 3072 bits
 * it puts a key together from two of the published primes of {@code primes.txt} instead of looking
 * for new ones, which takes up to a second. Thread-safe.
 *
 * <p>No key is given out twice in a process: once every pair of primes was, and for every other
 * size or exponent, Java's own generator is asked.
 */
public final class FixedRsaKeys extends KeyPairGeneratorSpi {
  private static final Map<Integer, Pairs> PAIRS =
      Map.of(2048, new Pairs(primes(1024)), 3072, new Pairs(primes(1536)));

  private final KeyPairGenerator real;
  private int bits;

  /** Called by Java. */
  public FixedRsaKeys() throws GeneralSecurityException {
    real = KeyPairGenerator.getInstance("RSA", "SunRsaSign");
  }

  /** Java asks it before all others from now on, in this process. */
  static void install() {
    if (java.security.Security.insertProviderAt(new Ours(), 1) != 1) {
      throw new IllegalStateException("installed already");
    }
  }

  private static final class Ours extends Provider {
    Ours() {
      super("SekishoTestKeys", "1", "worthless RSA keys, for tests only");
      put("KeyPairGenerator.RSA", FixedRsaKeys.class.getName());
    }
  }

  /** All pairs of some primes, one after the other. */
  private static final class Pairs {
    private final List<BigInteger> primes;
    private final AtomicInteger taken = new AtomicInteger();

    Pairs(List<BigInteger> primes) {
      this.primes = primes;
    }

    /** Two primes that were not taken together before, the larger first; empty at the end. */
    List<BigInteger> take() {
      int number = taken.getAndIncrement();
      for (int second = 1; second < primes.size(); second++) {
        if (number < second) {
          BigInteger p = primes.get(second);
          BigInteger q = primes.get(number);
          return p.compareTo(q) > 0 ? List.of(p, q) : List.of(q, p);
        }
        number -= second;
      }
      return List.of();
    }
  }

  private static List<BigInteger> primes(int bits) {
    List<BigInteger> found = new ArrayList<>();
    try (InputStream in =
            Objects.requireNonNull(FixedRsaKeys.class.getResourceAsStream("primes.txt"));
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      for (String line : lines.lines().toList()) {
        if (line.startsWith(bits + " ")) {
          found.add(new BigInteger(line.substring(line.indexOf(' ') + 1), 16));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return List.copyOf(found);
  }

  @Override
  public void initialize(int size, SecureRandom random) {
    real.initialize(size, random);
    bits = size;
  }

  @Override
  public void initialize(AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidAlgorithmParameterException {
    real.initialize(parameters, random);
    bits =
        parameters instanceof RSAKeyGenParameterSpec rsa
                && rsa.getKeyParams() == null
                && rsa.getPublicExponent().equals(RSAKeyGenParameterSpec.F4)
            ? rsa.getKeysize()
            : 0;
  }

  @Override
  public KeyPair generateKeyPair() {
    Pairs pairs = PAIRS.get(bits);
    List<BigInteger> primes = pairs == null ? List.of() : pairs.take();
    return primes.isEmpty() ? real.generateKeyPair() : of(primes.get(0), primes.get(1));
  }

  private static KeyPair of(BigInteger p, BigInteger q) {
    BigInteger n = p.multiply(q);
    BigInteger e = RSAKeyGenParameterSpec.F4;
    BigInteger lessP = p.subtract(BigInteger.ONE);
    BigInteger lessQ = q.subtract(BigInteger.ONE);
    BigInteger d = e.modInverse(lessP.multiply(lessQ));
    try {
      KeyFactory factory = KeyFactory.getInstance("RSA");
      return new KeyPair(
          factory.generatePublic(new RSAPublicKeySpec(n, e)),
          factory.generatePrivate(
              new RSAPrivateCrtKeySpec(
                  n, e, d, p, q, d.mod(lessP), d.mod(lessQ), q.modInverse(p))));
    } catch (GeneralSecurityException broken) {
      throw new IllegalStateException(broken);
    }
  }
}
