# package.cmake - what is installed, and the .deb of it. Manual pages and completions are printed by the program that was built.

include(GNUInstallDirs)
set(made ${CMAKE_BINARY_DIR}/made)
add_custom_command(OUTPUT ${made}/gridpatrol.1.gz ${made}/zh/gridpatrol.1.gz ${made}/gridpatrol ${made}/changelog.gz DEPENDS gridpatrol CHANGELOG.md VERBATIM
  COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:gridpatrol> -DOUT=${made} -DCHANGES=${CMAKE_SOURCE_DIR}/CHANGELOG.md -P ${CMAKE_SOURCE_DIR}/packaging/made.cmake)
add_custom_target(package_files ALL DEPENDS ${made}/gridpatrol.1.gz)

install(TARGETS gridpatrol)
install(FILES ${made}/gridpatrol.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${made}/zh/gridpatrol.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/zh_CN/man1)
install(FILES ${made}/gridpatrol DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES packaging/gridpatrol.service DESTINATION lib/systemd/system)
install(FILES README.md doc/archive.md doc/recovery.md ${made}/changelog.gz DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)
# Beside usr, where there is one: settings of the service.
install(CODE "if(CMAKE_INSTALL_PREFIX MATCHES \"/usr$\")
  file(INSTALL DESTINATION \"\${CMAKE_INSTALL_PREFIX}/../etc/gridpatrol\" TYPE FILE FILES \"${CMAKE_SOURCE_DIR}/packaging/gridpatrol.conf\")
endif()")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME gridpatrol)
set(CPACK_PACKAGE_VENDOR gridpatrol)
set(CPACK_PACKAGE_CONTACT "gridpatrol <gridpatrol@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "patrol grid, register and surveys of a district")
set(CPACK_PACKAGE_DESCRIPTION "Keeps a district's patrol grid, its register of what stands and its surveys; compares each survey with the one\n before, shows what is new and no permit explains, and hands each lead to the agency that must act.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/packaging/postinst ${CMAKE_SOURCE_DIR}/packaging/prerm ${CMAKE_SOURCE_DIR}/packaging/postrm
    ${CMAKE_SOURCE_DIR}/packaging/conffiles)
include(CPack)
