# The Debian packages, for `cpack -G DEB`: sidestep (the program) and libsidestep-dev (static library, headers).
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_VENDOR "The Sidestep authors")
set(CPACK_PACKAGE_CONTACT "The Sidestep authors <sidestep@localhost>" CACHE STRING "Who answers for the packages: NAME <ADDRESS>")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL program development)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME sidestep)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PROGRAM_DESCRIPTION "run GitHub Actions workflows on this machine
Sidestep reads, checks, draws and runs workflows as GitHub does, each step
a process of this machine, without containers, network or account. Steps
that stand side by side (background, wait, cancel, parallel) run side by
side, and every step has its own log.")

set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libsidestep-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libc6-dev, libjansson-dev, libpcre2-dev, libyaml-dev")
set(CPACK_DEBIAN_DEVELOPMENT_DESCRIPTION "read, check and run GitHub Actions workflows - development files
Sidestep reads, checks, draws and runs workflows as GitHub does.

This package holds the static library, the headers, and what pkg-config
and CMake need to find them.")

# Read by CPack itself, so that a machine without dpkg can configure.
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_CURRENT_SOURCE_DIR}/deb/options.cmake)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_SOURCE_DIR}/deb/finish.cmake)
set(CPACK_SIDESTEP_PACKAGING ${CMAKE_CURRENT_SOURCE_DIR})
include(CPack)
