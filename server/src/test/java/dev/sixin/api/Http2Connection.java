package dev.sixin.api;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ConnectionPoolListenerAdapter;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import com.linecorp.armeria.common.SessionProtocol;
import io.netty.util.AttributeMap;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/// HTTP/2 over cleartext with prior knowledge.
public final class Http2Connection implements HttpConnection {
  private final AtomicInteger opened = new AtomicInteger();
  private final ClientFactory factory;
  private final WebClient client;

  public Http2Connection(int port) {
    factory =
        ClientFactory.builder()
            .useHttp2Preface(true)
            .connectionPoolListener(
                new ConnectionPoolListenerAdapter() {
                  @Override
                  public void connectionOpen(
                      SessionProtocol protocol,
                      InetSocketAddress remote,
                      InetSocketAddress local,
                      AttributeMap attributes) {
                    opened.incrementAndGet();
                  }
                })
            .build();
    client =
        WebClient.builder("h2c://127.0.0.1:" + port).factory(factory).maxResponseLength(0).build();
  }

  @Override
  public Answer request(String method, String path, byte[] body, List<String> headers) {
    RequestHeadersBuilder builder = RequestHeaders.builder(HttpMethod.valueOf(method), path);
    for (int i = 0; i < headers.size(); i += 2) {
      builder.add(headers.get(i), headers.get(i + 1));
    }
    HttpRequest request =
        body.length == 0
            ? HttpRequest.of(builder.build())
            : HttpRequest.of(builder.build(), HttpData.wrap(body));
    AggregatedHttpResponse response = client.execute(request).aggregate().join();
    return new Answer(
        response.status().code(),
        map(response.headers()),
        ByteString.copyFrom(response.content().array()),
        map(response.trailers()));
  }

  private static Map<String, String> map(HttpHeaders headers) {
    Map<String, String> map = new TreeMap<>();
    headers.forEach((name, value) -> map.merge(name.toString(), value, (a, b) -> a + ", " + b));
    return map;
  }

  @Override
  public int opened() {
    return opened.get();
  }

  @Override
  public void close() {
    factory.close();
  }
}
