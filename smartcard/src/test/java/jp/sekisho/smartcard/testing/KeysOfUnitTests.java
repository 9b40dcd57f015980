package jp.sekisho.smartcard.testing;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Gives the tests of a process {@link FixedRsaKeys} before the first of them runs, where {@code
 * -Dsekisho.test.rsa=fixed} says so: unit tests do. Tests of whole programs make real keys.
 */
public final class KeysOfUnitTests implements LauncherSessionListener {
  @Override
  public void launcherSessionOpened(LauncherSession session) {
    if ("fixed".equals(System.getProperty("sekisho.test.rsa"))) {
      FixedRsaKeys.install();
    }
  }
}
