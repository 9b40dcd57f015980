package jp.sekisho.server.listener;

import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.http.netty.NettySslContextBuilder;
import io.micronaut.http.server.netty.configuration.NettyHttpServerConfiguration.NettyListenerConfiguration;
import io.micronaut.http.server.netty.ssl.NettyServerSslFactory;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * TLS of both ports, built when the context starts, so that a bad key file ends the service before
 * a port opens.
 *
 * <p>People: TLS 1.2 and 1.3 with the certificate of the settings. Agents: TLS 1.3 only, under the
 * server CA, a client certificate requested and every one let through that {@link
 * ShownCertificates} can hand to the filter.
 */
@Context
@Replaces(NettyServerSslFactory.class)
final class ListenerTls extends NettyServerSslFactory {
  private final @Nullable SslContext people;
  private final SslContext agents;

  ListenerTls(ListenerSettings settings, ServerKeys keys)
      throws IOException, GeneralSecurityException {
    Path chain = settings.peopleCertificates();
    Path key = settings.peopleKey();
    this.people = chain == null || key == null ? null : people(chain, key);
    this.agents =
        SslContextBuilder.forServer(
                keys.serverTls().key(),
                keys.serverTls().certificate(),
                keys.serverCa().certificate())
            .sslProvider(SslProvider.JDK)
            .protocols("TLSv1.3")
            .clientAuth(ClientAuth.OPTIONAL)
            .trustManager(new ShownCertificates(keys.deviceCa().certificate()))
            .build();
  }

  private static SslContext people(Path chainFile, Path keyFile)
      throws IOException, GeneralSecurityException {
    PrivateKey key = Pem.readKey(keyFile);
    List<X509Certificate> chain = Pem.readCertificates(chainFile);
    ServerKeys.requireMatch(key, chain.get(0), chainFile.toString());
    return SslContextBuilder.forServer(key, chain)
        .sslProvider(SslProvider.JDK)
        .protocols("TLSv1.3", "TLSv1.2")
        .build();
  }

  @Override
  public NettySslContextBuilder serverBuilder(NettyListenerConfiguration listener) {
    SslContext context = "agents".equals(listener.getName()) ? agents : people;
    if (context == null) {
      throw new IllegalStateException("no TLS for the port " + listener.getName());
    }
    return new NettySslContextBuilder(true) {
      @Override
      public SslContext buildTcp() {
        return context;
      }
    };
  }

  @Override
  public NettySslContextBuilder serverBuilder() {
    throw new IllegalStateException("TLS for a port that is neither the people's nor the agents'");
  }
}
