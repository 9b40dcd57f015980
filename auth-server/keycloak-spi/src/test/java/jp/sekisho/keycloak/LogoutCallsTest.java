package jp.sekisho.keycloak;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;

/** Applications that are told of a logout, some of which do not listen. */
class LogoutCallsTest {
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch over = new CountDownLatch(1);
  private HttpServer server;

  @BeforeEach
  void start() throws Exception {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
  }

  @AfterEach
  void stop() {
    over.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private LogoutCalls.Call call(String path) {
    UserSessionModel session =
        Fake.of(
            UserSessionModel.class,
            Map.of("getUser", Fake.of(UserModel.class, Map.of("getId", "u")), "getId", "sid"));
    return new LogoutCalls.Call(
        "city",
        Fake.of(ClientModel.class, Map.of("getId", "c")),
        session,
        "http://127.0.0.1:" + server.getAddress().getPort() + path,
        "token");
  }

  @Test
  void applicationsThatNeverEndTheirAnswersKeepNoOtherFromBeingTold() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    CountDownLatch slow = new CountDownLatch(40);
    server.createContext(
        "/slow",
        exchange -> {
          exchange.sendResponseHeaders(200, 100_000);
          exchange.getResponseBody().write('x');
          exchange.getResponseBody().flush();
          slow.countDown();
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.createContext(
        "/quick",
        exchange -> {
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
          told.countDown();
        });
    List<LogoutCalls.Call> calls = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      calls.add(call("/slow"));
    }
    try (LogoutCalls logout = new LogoutCalls(Fake.of(KeycloakSessionFactory.class, Map.of()))) {
      logout.send(calls);
      assertTrue(slow.await(60, TimeUnit.SECONDS), slow.getCount() + " were not called");
      logout.send(List.of(call("/quick")));
      assertTrue(told.await(60, TimeUnit.SECONDS));
    }
  }

  @Test
  void oneThatNeverEndsItsAnswerIsCalledAgain() throws Exception {
    CountDownLatch tries = new CountDownLatch(2);
    server.createContext(
        "/slow",
        exchange -> {
          exchange.sendResponseHeaders(200, 100_000);
          exchange.getResponseBody().write('x');
          exchange.getResponseBody().flush();
          tries.countDown();
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    try (LogoutCalls logout = new LogoutCalls(Fake.of(KeycloakSessionFactory.class, Map.of()))) {
      logout.send(List.of(call("/slow")));
      assertTrue(tries.await(60, TimeUnit.SECONDS), "given up after its time");
    }
  }
}
