(* opam install cohttp-lwt-unix digestif yojson;
   ocamlfind ocamlopt -package cohttp-lwt-unix,digestif.c,yojson -linkpkg sample.ml -o sample && ./sample *)
open Lwt.Infix

let () =
  let url, app_id, app_key = (Sys.getenv "SIYU_URL", Sys.getenv "APP_ID", Sys.getenv "APP_KEY") in
  let body = {|{"hello":"world"}|} in
  let timestamp = Printf.sprintf "%.0f" (Float.floor (Unix.gettimeofday () *. 1000.)) in
  let sign = Digestif.SHA256.(to_hex (digest_string (app_id ^ timestamp ^ body ^ app_key))) in
  let headers =
    Cohttp.Header.of_list
      [ ("content-type", "application/json"); ("appId", app_id); ("timestamp", timestamp); ("sign", sign) ]
  in
  let reply =
    Lwt_main.run
      (Cohttp_lwt_unix.Client.post ~headers ~body:(Cohttp_lwt.Body.of_string body)
         (Uri.of_string (url ^ "/api/v3/echo"))
      >>= fun (_, body) -> Cohttp_lwt.Body.to_string body)
  in
  print_endline reply;
  exit (if Yojson.Safe.Util.(member "code" (Yojson.Safe.from_string reply)) = `Int 0 then 0 else 1)
