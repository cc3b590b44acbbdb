# cmake -DFILES=a;b -DWORK=folder -DOUT=web.c -P web.cmake - the files of pages as C: taken in by the assembler, which is quick also
# for large ones, plain and packed.
set(types css "text/css; charset=utf-8" js "text/javascript; charset=utf-8" mjs "text/javascript; charset=utf-8" svg image/svg+xml
    txt "text/plain; charset=utf-8")
file(MAKE_DIRECTORY ${WORK})
set(pieces "")
set(names "")
set(rows "")
set(hashes "")
set(number 0)
foreach(path ${FILES})
  get_filename_component(name ${path} NAME)
  get_filename_component(ending ${path} LAST_EXT)
  string(SUBSTRING ${ending} 1 -1 ending)
  list(FIND types ${ending} at)
  math(EXPR at "${at} + 1")
  list(GET types ${at} type)
  file(COPY_FILE ${path} ${WORK}/${name})
  execute_process(COMMAND gzip -9 -n -c ${WORK}/${name} OUTPUT_FILE ${WORK}/${name}.gz COMMAND_ERROR_IS_FATAL ANY)
  file(SHA256 ${path} hash)
  file(SIZE ${path} bytes)
  file(SIZE ${WORK}/${name}.gz packed)
  string(APPEND hashes "${name} ${hash}\n")
  string(APPEND pieces "PIECE(${number}, \"${WORK}/${name}\")\n")
  string(APPEND names "extern const char web_body_${number}[], web_packed_${number}[];\n")
  string(APPEND rows "    { \"${name}\", \"${type}\", web_body_${number}, ${bytes}, web_packed_${number}, ${packed} },\n")
  math(EXPR number "${number} + 1")
endforeach()
string(SHA256 hash "${hashes}")
string(SUBSTRING ${hash} 0 16 hash)
file(WRITE ${OUT} "#include \"api/web.h\"\n\n"
  "#define PIECE(n, path) __asm__(\".section .rodata\\n.hidden web_body_\" #n \"\\n.hidden web_packed_\" #n \"\\n\" \\\n"
  "    \".global web_body_\" #n \"\\n.global web_packed_\" #n \"\\n\" \\\n"
  "    \"web_body_\" #n \": .incbin \\\"\" path \"\\\"\\n\" \"web_packed_\" #n \": .incbin \\\"\" path \".gz\\\"\\n.byte 0\\n.previous\\n\");\n"
  "${pieces}${names}\n"
  "const char web_hash[] = \"${hash}\";\nconst struct web_file web_files[] = {\n${rows}    { 0, 0, 0, 0, 0, 0 },\n};\n")
